// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ModelFormat
import Testing
import ToneModel

struct MemoryTests {
  /// The tone model with a sum of a layer and of its average over the last `kernel` columns.
  private func model(kernel: Int, input: String, addend: String) -> QuantizedModel {
    var model = toneModel()
    let output = model.layers[1].output
    let window = Window(kernel: Extent(time: kernel, frequency: 1))
    model.architecture.layers.insert(
      contentsOf: [
        Layer(name: "long", operation: .depthwise(window: window)),
        Layer(name: "bins", operation: .frequencyAverage),
        Layer(name: "sum", input: input, operation: .sum(with: [addend])),
      ], at: 2)
    let plain = QuantizedLayer(
      weightBits: 0, weights: [], weightScales: [], bias: [], output: output)
    model.layers.insert(
      contentsOf: [
        QuantizedLayer(
          weightBits: 8, weights: Array(repeating: 1, count: 2 * kernel),
          weightScales: [0.1, 0.1], bias: [0, 0], output: output),
        plain, plain,
      ], at: 2)
    return model
  }

  @Test func `the path that looks back furthest may lead through an addend`() throws {
    func memory(_ model: QuantizedModel) throws -> Int {
      try SpottingPlan(model: model).memoryColumnCount
    }
    let short = try memory(model(kernel: 1, input: "compare", addend: "bins"))
    let long = try memory(model(kernel: 9, input: "compare", addend: "bins"))
    #expect(long == short + 8)
    // The other way round the sum's own column is counted once more.
    let swapped = try memory(model(kernel: 9, input: "bins", addend: "compare"))
    #expect((long...long + 1).contains(swapped))
  }
}
