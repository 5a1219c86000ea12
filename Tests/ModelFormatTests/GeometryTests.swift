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
      outputChannelCount: 0, kernel: Extent(time: 1, frequency: 1),
      stride: Extent(time: 1, frequency: 1), dilation: 1)
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
}
