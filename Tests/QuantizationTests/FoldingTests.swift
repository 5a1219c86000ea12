// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Quantization
import Testing

@Suite struct FoldingTests {
  private func geometry(_ operation: ModelFormat.Operation, normalization: Normalization) throws
    -> LayerGeometry
  {
    try Architecture(
      name: "one", coefficientCount: 2, windowFrameCount: 4,
      layers: [
        Layer(name: "flat", operation: .frequencyToChannels),
        Layer(name: "layer", operation: operation, normalization: normalization),
        Layer(name: "pool", operation: .averagePool),
        Layer(name: "head", operation: .dense(outputCount: 2)),
      ]
    ).geometry()[1]
  }

  private func pointwise() throws -> LayerGeometry {
    let one = Extent(time: 1, frequency: 1)
    return try geometry(
      .convolution(outputChannelCount: 2, window: Window(kernel: one, stride: one, dilation: 1)),
      normalization: .batch)
  }

  /// Of two inputs and outputs; weights in the order `[time, frequency, input, output]`.
  private let tensors = [
    "layer.weight": FloatTensor(shape: [1, 1, 2, 2], values: [1, 2, 3, 4]),
    "layer.norm.scale": FloatTensor(shape: [2], values: [2, -1]),
    "layer.norm.shift": FloatTensor(shape: [2], values: [0.5, 1]),
    "layer.norm.mean": FloatTensor(shape: [2], values: [1, 2]),
    "layer.norm.variance": FloatTensor(shape: [2], values: [3, 8]),
  ]

  @Test func `a folded convolution computes what convolution and normalization compute`() throws {
    let layer = try pointwise()
    let folded = FoldedLayer(geometry: layer, tensors: tensors, epsilon: 1)
    // Gains are 2 / sqrt(3 + 1) = 1 and -1 / sqrt(8 + 1) = -1/3.
    #expect(folded.channelOfWeight == [0, 0, 1, 1])
    #expect(folded.weights == [1, 3, 2, 4])
    for (found, expected) in zip(folded.gains, [1, -1.0 / 3]) {
      #expect(abs(found - Float(expected)) < 1e-6)
    }
    for (found, expected) in zip(folded.bias, [-0.5, 1 + 2.0 / 3]) {
      #expect(abs(found - Float(expected)) < 1e-6)
    }
  }

  @Test func `a negative gain turns the integers around and leaves the scale positive`() throws {
    let layer = try pointwise()
    let folded = FoldedLayer(geometry: layer, tensors: tensors, epsilon: 1)
    var quantized = QuantizedLayer(
      weightBits: 0, weights: [], weightScales: [], bias: [], output: nil)
    quantized.setWeights(
      folded, steps: [0.5, 1], levels: WeightLevels(bitCount: 4), inputScale: 0.1, isSigned: false)
    #expect(quantized.weights == [2, 6, -2, -4])
    #expect(abs(quantized.weightScales[0] - 0.5) < 1e-6)
    #expect(abs(quantized.weightScales[1] - 1.0 / 3) < 1e-6)
    #expect(quantized.bias == [-10, 50])
  }
}
