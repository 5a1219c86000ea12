// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ModelFormat
import Testing

@Suite struct BroadcastGeometryTests {
  @Test func `shapes, histories and addends are those counted by hand`() throws {
    let geometry = try broadcastArchitecture.geometry()
    #expect(geometry.map(\.output.frequencyCount) == [4, 4, 1, 1, 4, 1, 1])
    #expect(geometry.map(\.output.channelCount) == [2, 2, 2, 2, 2, 2, 2])
    #expect(geometry.map(\.historyCount) == [1, 0, 0, 4, 0, 8, 0])
    #expect(geometry.map(\.addendIndices) == [[], [], [], [], [3, 0], [], []])
    #expect(geometry[4].inputIndex == 1)
    #expect(geometry.map(\.hasWeights) == [true, true, false, true, false, false, true])
    #expect(geometry.map(\.channelShape)[..<4] == [[2, 2], [4, 2], [2], [2]])
    let costs = try broadcastArchitecture.costs(framesPerSecond: 100)
    #expect(costs.map(\.macPerColumn) == [32, 16, 0, 6, 0, 0, 4])
  }

  /// The geometry of one depthwise window over `frequencyCount` bins.
  private func geometry(
    frequencyCount: Int, kernel: Int, stride: Int, padding: FrequencyPadding
  ) throws -> LayerGeometry {
    try Architecture(
      name: "one", coefficientCount: frequencyCount, windowFrameCount: 4,
      layers: [
        Layer(
          name: "window",
          operation: .depthwise(
            window: Window(
              kernel: Extent(time: 1, frequency: kernel),
              stride: Extent(time: 1, frequency: stride), padding: padding))),
        Layer(name: "pool", operation: .averagePool),
        Layer(name: "head", operation: .dense(outputCount: 2)),
      ]
    ).geometry()[0]
  }

  @Test(arguments: 1...9, 1...4)
  func `'same' padding gives a bin per stride, with the odd zero on the high side`(
    kernel: Int, stride: Int
  ) throws {
    for count in 1...12 {
      let geometry = try geometry(
        frequencyCount: count, kernel: kernel, stride: stride, padding: .same)
      #expect(geometry.output.frequencyCount == (0..<count).filter { $0 % stride == 0 }.count)
      #expect(geometry.window?.lowPadding == (kernel - 1) / 2)
    }
  }

  @Test(arguments: 1...9, 1...4)
  func `without padding there is a bin for every window that fits`(
    kernel: Int, stride: Int
  ) throws {
    for count in 1...12 {
      let starts = (0..<count).filter { $0 % stride == 0 && $0 + kernel <= count }
      guard !starts.isEmpty else {
        #expect(
          throws: ArchitectureError.kernelPastInput(
            layer: "window", kernel: kernel, frequencyCount: count)
        ) {
          try self.geometry(frequencyCount: count, kernel: kernel, stride: stride, padding: .none)
        }
        continue
      }
      let geometry = try geometry(
        frequencyCount: count, kernel: kernel, stride: stride, padding: .none)
      #expect(geometry.output.frequencyCount == starts.count)
      #expect(geometry.window?.lowPadding == 0)
    }
  }

  /// The error of the sample with one change.
  private func expect(
    _ error: ArchitectureError, _ sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout Architecture) -> Void
  ) {
    var architecture = broadcastArchitecture
    change(&architecture)
    #expect(throws: error, sourceLocation: sourceLocation) { try architecture.geometry() }
  }

  @Test func `bands must cut the frequencies evenly`() {
    expect(.unevenBands(layer: "stem", frequencyCount: 4, bandCount: 3)) {
      $0.layers[0].normalization = .subSpectral(bandCount: 3)
    }
    expect(.unevenBands(layer: "stem", frequencyCount: 4, bandCount: 8)) {
      $0.layers[0].normalization = .subSpectral(bandCount: 8)
    }
    for count in [0, -1, 1025] {
      expect(.outOfRange(layer: "stem", field: "bands", found: count, 1...1024)) {
        $0.layers[0].normalization = .subSpectral(bandCount: count)
      }
    }
  }

  @Test func `an addend has the sum's shape or one bin of it, at the same pace`() {
    let error = ArchitectureError.addendShape(layer: "add", addend: "stem")
    let window = Window(kernel: Extent(time: 2, frequency: 2), padding: .none)
    expect(error) {
      // Other channels than the depthwise line from the features.
      $0.layers[1].input = "input"
      $0.layers[1].residual = nil
      $0.layers[1].operation = .depthwise(window: window)
      $0.layers[4].operation = .sum(with: ["stem"])
    }
    expect(error) {
      // Two bins against four.
      $0.layers[1].operation = .depthwise(
        window: Window(
          kernel: Extent(time: 1, frequency: 2), stride: Extent(time: 1, frequency: 2)))
      $0.layers[1].normalization = .batch
      $0.layers[1].residual = nil
      $0.layers[4].operation = .sum(with: ["stem"])
    }
    expect(error) {
      // Every second column against every one.
      $0.layers[1].operation = .depthwise(
        window: Window(
          kernel: Extent(time: 1, frequency: 2), stride: Extent(time: 2, frequency: 1)))
      $0.layers[1].residual = nil
      $0.layers[4].operation = .sum(with: ["stem"])
    }
    // A sum of one bin does not take more.
    expect(.addendShape(layer: "add", addend: "frequency")) {
      $0.layers[4].input = "time"
      $0.layers[4].operation = .sum(with: ["frequency"])
    }
  }

  @Test func `addends are one to four earlier layers of the same side of the pool`() {
    expect(.outOfRange(layer: "add", field: "addends", found: 0, 1...4)) {
      $0.layers[4].operation = .sum(with: [])
    }
    expect(.outOfRange(layer: "add", field: "addends", found: 5, 1...4)) {
      $0.layers[4].operation = .sum(with: Array(repeating: "stem", count: 5))
    }
    for name in ["pool", "add", "input", "nobody"] {
      expect(.unknownLayer(layer: "add", reference: name)) {
        $0.layers[4].operation = .sum(with: [name])
      }
    }
    expect(.addendAcrossPool(layer: "late", addend: "time")) {
      $0.layers.insert(Layer(name: "late", operation: .sum(with: ["time"])), at: 6)
    }
  }

  @Test func `sums and averages have no normalization and no residual`() {
    for index in [2, 4] {
      let name = broadcastArchitecture.layers[index].name
      let field =
        index == 2 ? "normalization, activation or residual" : "normalization or residual"
      expect(.notAllowed(layer: name, field: field)) {
        $0.layers[index].normalization = .subSpectral(bandCount: 1)
      }
      expect(.notAllowed(layer: name, field: field)) { $0.layers[index].residual = "stem" }
    }
    expect(.notAllowed(layer: "average", field: "normalization, activation or residual")) {
      $0.layers[2].activation = .hardSwish
    }
    expect(.notAllowed(layer: "head", field: "normalization or residual")) {
      $0.layers[6].normalization = .subSpectral(bandCount: 1)
    }
  }

  @Test func `dropout is a probability below 1 of layers with weights and without normalization`() {
    expect(.notAllowed(layer: "stem", field: "dropout")) { $0.layers[0].dropout = 0.5 }
    expect(.notAllowed(layer: "pool", field: "dropout")) { $0.layers[5].dropout = 0.5 }
    for value: Float in [1, -0.1, .infinity] {
      expect(.badDropout(layer: "head", found: value)) { $0.layers[6].dropout = value }
    }
  }

  @Test func `every kind of layer is the same after a trip through JSON`() throws {
    let json = try JSONEncoder().encode(broadcastArchitecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: json) == broadcastArchitecture)
  }

  private func layer(_ json: String) throws -> Layer {
    try JSONDecoder().decode(Layer.self, from: Data(json.utf8))
  }

  @Test func `layers read as the documents write them`() throws {
    let sum = try layer(
      #"{"name":"a","operation":{"type":"sum","with":["b","c"]},"normalization":"none","activation":"hardSwish"}"#
    )
    #expect(
      sum == Layer(name: "a", operation: .sum(with: ["b", "c"]), activation: .hardSwish))
    let bands = try layer(
      #"{"name":"a","operation":{"type":"depthwise","kernel":[1,4],"padding":"none"},"normalization":"subSpectral5","activation":"none"}"#
    )
    #expect(
      bands
        == Layer(
          name: "a",
          operation: .depthwise(
            window: Window(kernel: Extent(time: 1, frequency: 4), padding: .none)),
          normalization: .subSpectral(bandCount: 5)))
    for wrong in ["subSpectral", "subSpectralx", "subSpectral5.5", "layer"] {
      #expect(throws: DecodingError.self) {
        try layer(
          #"{"name":"a","operation":{"type":"frequencyAverage"},"normalization":"\#(wrong)","activation":"none"}"#
        )
      }
    }
  }
}
