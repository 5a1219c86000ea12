// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Testing

struct InvalidModelTests {
  private func expect(
    _ error: InferenceError, _ sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout QuantizedModel) -> Void
  ) throws {
    var generator = SeededGenerator(4)
    var model = try quantizedModel(temporalArchitecture(channels: 6, blocks: 1), using: &generator)
    change(&model)
    #expect(throws: error, sourceLocation: sourceLocation) { try InferencePlan(model: model) }
  }

  @Test func `counts that do not fit the architecture are refused`() throws {
    try expect(.count(layer: "head", field: "labels", expected: 12, found: 11)) {
      $0.labels.removeLast()
    }
    try expect(.count(layer: "input", field: "layers", expected: 9, found: 8)) {
      $0.layers.removeLast()
    }
    try expect(.count(layer: "input", field: "mean", expected: 40, found: 41)) {
      $0.normalization.mean.append(0)
    }
    try expect(.count(layer: "stem", field: "weights", expected: 1200, found: 1199)) {
      $0.layers[1].weights.removeLast()
    }
    try expect(.count(layer: "stem", field: "weightScales", expected: 6, found: 7)) {
      $0.layers[1].weightScales.append(1)
    }
    try expect(.count(layer: "stem", field: "bias", expected: 6, found: 0)) {
      $0.layers[1].bias = []
    }
    try expect(.count(layer: "pool", field: "weights", expected: 0, found: 1)) {
      $0.layers[7].weights = [1]
    }
  }

  @Test func `numbers outside their range are refused`() throws {
    try expect(.notFinite(layer: "input", field: "scale", index: 3)) {
      $0.normalization.scale[3] = .infinity
    }
    try expect(.scale(layer: "input", field: "scale", index: 0, found: 0)) { $0.input.scale = 0 }
    try expect(.scale(layer: "stem", field: "scale", index: 0, found: -1)) {
      $0.layers[1].output?.scale = -1
    }
    try expect(.scale(layer: "stem", field: "weightScales", index: 2, found: .infinity)) {
      $0.layers[1].weightScales[2] = .infinity
    }
    try expect(.scale(layer: "stem", field: "multiplier", index: 0, found: 0x1p100)) {
      $0.input.scale = 1
      $0.layers[0].output?.scale = 1
      $0.layers[1].output?.scale = 1
      $0.layers[1].weightScales[0] = 0x1p100
    }
    try expect(.zeroPoint(layer: "stem", found: 256)) { $0.layers[1].output?.zeroPoint = 256 }
    try expect(.weight(layer: "stem", index: 5, found: -128)) { $0.layers[1].weights[5] = -128 }
  }

  /// The same for a network with bands, hard-swish and sums; the first layer has two bands.
  private func expectOfBands(
    _ error: InferenceError, _ sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout QuantizedModel) -> Void
  ) throws {
    var generator = SeededGenerator(6)
    var model = try quantizedModel(broadcastArchitecture(), using: &generator)
    change(&model)
    #expect(throws: error, sourceLocation: sourceLocation) { try InferencePlan(model: model) }
  }

  @Test func `scales and biases of bands are counted and may have either sign`() throws {
    var generator = SeededGenerator(6)
    let model = try quantizedModel(broadcastArchitecture(), using: &generator)
    #expect(model.layers[0].weightScales.contains { $0 < 0 })
    #expect(throws: Never.self) { try InferencePlan(model: model) }
    try expectOfBands(.count(layer: "stem", field: "weightScales", expected: 20, found: 10)) {
      $0.layers[0].weightScales.removeLast(10)
    }
    try expectOfBands(.count(layer: "stem", field: "bias", expected: 20, found: 21)) {
      $0.layers[0].bias.append(0)
    }
    try expectOfBands(.scale(layer: "stem", field: "weightScales", index: 13, found: 0)) {
      $0.layers[0].weightScales[13] = 0
    }
    try expectOfBands(
      .scale(layer: "stem", field: "weightScales", index: 19, found: -.infinity)
    ) { $0.layers[0].weightScales[19] = -.infinity }
    try expectOfBands(.scale(layer: "head", field: "weightScales", index: 1, found: -1)) {
      $0.layers[$0.layers.count - 1].weightScales[1] = -1
    }
    // The bias of the second band's channel 4.
    let bound = Int(Int32.max) + 1
    try expectOfBands(.accumulatorOverflow(layer: "stem", channel: 4, bound: bound)) {
      let perChannel = $0.layers[0].weights.count / 10
      for index in 4 * perChannel..<5 * perChannel { $0.layers[0].weights[index] = 0 }
      $0.layers[0].bias[14] = Int32.min
    }
  }

  @Test func `factors beyond 2^60 of sums, averages and hard-swish are refused`() throws {
    let huge = ActivationQuantization(scale: 0x1p80, zeroPoint: 0)
    let tiny = ActivationQuantization(scale: 0x1p-80, zeroPoint: 0)
    func index(_ name: String) -> Int {
      broadcastArchitecture().layers.firstIndex { $0.name == name }!
    }
    try expectOfBands(.scale(layer: "add0", field: "addend", index: 1, found: 0x1p80)) {
      $0.layers[index("time0")].output = huge
      $0.layers[index("add0")].output?.scale = 1
    }
    try expectOfBands(
      .scale(layer: "average0", field: "mean", index: 0, found: 0x1p80 / 10)
    ) {
      $0.layers[index("frequency0")].output?.scale = 1
      $0.layers[index("average0")].output = tiny
    }
    try expectOfBands(
      .scale(layer: "stem", field: "hardSwish", index: 0, found: Float(0x1p80 / 6))
    ) { $0.layers[0].output = tiny }
  }

  @Test func `a sum that could leave 32 bits is refused`() throws {
    let bound = Int(Int32.max) + 1
    try expect(.accumulatorOverflow(layer: "stem", channel: 4, bound: bound)) {
      for index in 4 * 200..<5 * 200 { $0.layers[1].weights[index] = 0 }
      $0.layers[1].weights[4 * 200] = 1
      $0.layers[1].bias[4] = Int32.max - 254
    }
  }

  @Test func `quantization must be where it belongs`() throws {
    try expect(.outputQuantization(layer: "stem", expected: true)) { $0.layers[1].output = nil }
    try expect(.outputQuantization(layer: "head", expected: false)) {
      $0.layers[8].output = ActivationQuantization(scale: 1, zeroPoint: 0)
    }
    var generator = SeededGenerator(4)
    let input = try quantizedModel(temporalArchitecture(channels: 6, blocks: 1), using: &generator)
      .input
    let other = ActivationQuantization(scale: input.scale * 2, zeroPoint: 3)
    try expect(.differentQuantization(layer: "channels", expected: input, found: other)) {
      $0.layers[0].output = other
    }
  }

  @Test func `an impossible architecture, state or instruction set is refused`() throws {
    try expect(.architecture(.empty)) { $0.architecture.layers = [] }
    var generator = SeededGenerator(5)
    let huge = try quantizedModel(
      Architecture(
        name: "huge", coefficientCount: 1024, windowFrameCount: 10_000,
        layers: [
          Layer(
            name: "wide",
            operation: .convolution(
              outputChannelCount: 20,
              window: Window(
                kernel: Extent(time: 1, frequency: 1),
                stride: Extent(time: 1, frequency: 1), dilation: 1))),
          Layer(name: "last", operation: .averagePool),
          Layer(name: "head", operation: .dense(outputCount: 2)),
        ]), using: &generator)
    #expect {
      try InferencePlan(model: huge)
    } throws: { error in
      switch error as? InferenceError {
      case .accumulatorOverflow(layer: "last", _, _), .stateSize: true
      default: false
      }
    }
    let available = InferencePlan.availableInstructionSets
    #expect(available.last == "scalar")
    #expect(throws: InferenceError.unknownInstructionSet(found: "sse9", available: available)) {
      try InferencePlan(model: huge, instructionSet: "sse9")
    }
  }
}
