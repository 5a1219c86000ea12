// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ModelFormat
import Testing

@Suite struct GeometryTests {
  @Test func `shapes, strides and histories are those counted by hand`() throws {
    let geometry = try sampleArchitecture.geometry()
    #expect(geometry.map(\.output.frequencyCount) == [2, 2, 1, 1, 1])
    #expect(geometry.map(\.output.channelCount) == [3, 3, 6, 6, 2])
    #expect(geometry.map(\.timeStride) == [2, 2, 2, 2, 2])
    #expect(geometry.map(\.historyCount) == [2, 4, 0, 4, 0])
    #expect(geometry.map(\.windowColumnCount) == [4, 4, 4, 4, 4])
    #expect(geometry[3].poolLength == 4)
    #expect(geometry.map(\.followsPool) == [false, false, false, false, true])
    #expect(geometry[1].residualIndex == 0)
  }

  @Test func `multiply-accumulates are those counted by hand`() throws {
    let costs = try sampleArchitecture.costs(framesPerSecond: 100)
    #expect(costs.map(\.weightCount) == [27, 9, 0, 0, 12])
    #expect(costs.map(\.macPerColumn) == [54, 18, 0, 0, 12])
    #expect(costs.map(\.macPerWindow) == [216, 72, 0, 0, 12])
    #expect(costs.map(\.macPerSecond) == [2700, 900, 0, 0, 600])
  }

  @Test func `an architecture is the same after a trip through JSON`() throws {
    let json = try JSONEncoder().encode(sampleArchitecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: json) == sampleArchitecture)
  }

  @Test func `an architecture that makes no sense names the layer`() {
    var architecture = sampleArchitecture
    architecture.layers[1].residual = "pool"
    #expect(throws: ArchitectureError.unknownLayer(layer: "depthwise", reference: "pool")) {
      try architecture.geometry()
    }
    architecture = sampleArchitecture
    architecture.layers[0].operation = .convolution(
      outputChannelCount: 0,
      window: Window(
        kernel: Extent(time: 1, frequency: 1),
        stride: Extent(time: 1, frequency: 1), dilation: 1))
    #expect(
      throws: ArchitectureError.outOfRange(layer: "stem", field: "outputs", found: 0, 1...4096)
    ) { try architecture.geometry() }
    architecture = sampleArchitecture
    architecture.layers.removeLast()
    #expect(throws: ArchitectureError.noDenseHead) { try architecture.geometry() }
    architecture = sampleArchitecture
    architecture.layers[3].name = "flat"
    #expect(throws: ArchitectureError.badName(layer: "flat")) { try architecture.geometry() }
  }

  @Test(arguments: [
    "", "input", "normalization", "normalization.x", "optimizer", "optimizer.first", "history",
    "history.input", "state", "state.epoch", "a/b", "a\\b", "a\nb", "a\u{1B}[2J",
    String(repeating: "a", count: 201),
  ])
  func `a name that a checkpoint cannot hold is refused`(name: String) {
    var architecture = sampleArchitecture
    architecture.layers[2].name = name
    #expect(throws: ArchitectureError.badName(layer: name)) { try architecture.geometry() }
  }

  @Test(arguments: ["normalizations", "states.x", "stem.normalization", "block 1", "ä"])
  func `other names are free`(name: String) throws {
    var architecture = sampleArchitecture
    architecture.layers[2].name = name
    #expect(try architecture.geometry()[2].layer.name == name)
  }

  @Test func `an architecture past what a machine holds is refused before anything is allocated`() {
    func architecture(_ outputs: [Int], kernel: Int, frames: Int) -> Architecture {
      let layers = outputs.enumerated().map { index, count in
        Layer(
          name: "layer\(index)",
          operation: .convolution(
            outputChannelCount: count,
            window: Window(
              kernel: Extent(time: kernel, frequency: kernel),
              stride: Extent(time: 1, frequency: 1), dilation: 1)))
      }
      return Architecture(
        name: "huge", coefficientCount: 40, windowFrameCount: frames,
        layers: layers + [
          Layer(name: "pool", operation: .averagePool),
          Layer(name: "head", operation: .dense(outputCount: 2)),
        ])
    }
    let first = 255 * 255 * 4096
    #expect(
      throws: ArchitectureError.tooManyWeights(layer: "layer0", found: first, limit: 1 << 26)
    ) { try architecture([4096, 4096], kernel: 255, frames: 97).geometry() }
    #expect(
      throws: ArchitectureError.tooManyWeights(
        layer: "layer1", found: 255 * 255 * (64 + 64 * 4096), limit: 1 << 26)
    ) { try architecture([64, 4096], kernel: 255, frames: 97).geometry() }
    #expect(
      throws: ArchitectureError.tooManyActivations(
        layer: "layer1", found: 10_000 * 40 * 1024, limit: 1 << 28)
    ) { try architecture([512, 512], kernel: 1, frames: 10_000).geometry() }
  }

  /// The sample with `layer` between its pool and its head.
  private func afterPool(_ layer: Layer) -> Architecture {
    var architecture = sampleArchitecture
    architecture.layers.insert(layer, at: 4)
    return architecture
  }

  @Test func `what follows the pool does not reach along time`() throws {
    func convolution(kernel: Int, stride: Int) -> Architecture {
      afterPool(
        Layer(
          name: "after",
          operation: .convolution(
            outputChannelCount: 6,
            window: Window(
              kernel: Extent(time: kernel, frequency: 1),
              stride: Extent(time: stride, frequency: 1), dilation: 1))))
    }
    #expect(try convolution(kernel: 1, stride: 1).geometry()[5].followsPool)
    #expect(
      throws: ArchitectureError.timeAfterPool(layer: "after", field: "time kernel", found: 3)
    ) { try convolution(kernel: 3, stride: 1).geometry() }
    #expect(
      throws: ArchitectureError.timeAfterPool(layer: "after", field: "time stride", found: 2)
    ) { try convolution(kernel: 1, stride: 2).geometry() }
    #expect(throws: ArchitectureError.secondPool(layer: "after")) {
      try afterPool(Layer(name: "after", operation: .averagePool)).geometry()
    }
  }

  @Test func `a residual stays on its side of the pool`() throws {
    func pointwise(_ name: String, input: String? = nil, residual: String) -> Layer {
      let one = Extent(time: 1, frequency: 1)
      return Layer(
        name: name, input: input,
        operation: .convolution(
          outputChannelCount: 6, window: Window(kernel: one, stride: one, dilation: 1)),
        residual: residual)
    }
    #expect(try afterPool(pointwise("after", residual: "pool")).geometry()[4].residualIndex == 3)
    #expect(
      throws: ArchitectureError.residualAcrossPool(layer: "after", residual: "flat")
    ) { try afterPool(pointwise("after", residual: "flat")).geometry() }
    #expect(
      throws: ArchitectureError.residualAcrossPool(layer: "before", residual: "pool")
    ) { try afterPool(pointwise("before", input: "flat", residual: "pool")).geometry() }
  }
}
