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

  @Test func `a folded convolution computes what convolution and normalization compute`() throws {
    let one = Extent(time: 1, frequency: 1)
    let layer = try geometry(
      .convolution(outputChannelCount: 2, window: Window(kernel: one, stride: one, dilation: 1)),
      normalization: .batch)
    // Checkpoint order [time, frequency, input, output].
    let tensors = [
      "layer.weight": FloatTensor(shape: [1, 1, 2, 2], values: [1, 2, 3, 4]),
      "layer.norm.scale": FloatTensor(shape: [2], values: [2, -1]),
      "layer.norm.shift": FloatTensor(shape: [2], values: [0.5, 1]),
      "layer.norm.mean": FloatTensor(shape: [2], values: [1, 2]),
      "layer.norm.variance": FloatTensor(shape: [2], values: [3, 8]),
    ]
    let folded = FoldedLayer(geometry: layer, tensors: tensors, epsilon: 1)
    // Gains are 2 / sqrt(3 + 1) = 1 and -1 / sqrt(8 + 1) = -1/3.
    #expect(folded.channelOfWeight == [0, 0, 1, 1])
    for (found, expected) in zip(folded.weights, [1, 3, -2.0 / 3, -4.0 / 3]) {
      #expect(abs(found - Float(expected)) < 1e-6)
    }
    for (found, expected) in zip(folded.bias, [-0.5, 1 + 2.0 / 3]) {
      #expect(abs(found - Float(expected)) < 1e-6)
    }
  }

  @Test func `quantized weights lie within half a step of the real ones unless clipped`() {
    let real: [Float] = (0..<64).map { index in
      let phase = Float((index * 37) % 64) / 32 - 1
      return phase * phase * phase
    }
    let folded = FoldedLayer(
      weights: real, bias: [0, 0], channelOfWeight: real.indices.map { $0 % 2 })
    let (weights, scales) = WeightQuantizer.quantize(folded)
    for (index, value) in weights.enumerated() where abs(value) < 127 {
      let error = abs(Float(value) * scales[index % 2] - real[index])
      #expect(error <= scales[index % 2] * 0.5001)
    }
    #expect(weights.contains { abs($0) == 127 })
  }

  @Test func `a channel of zeros stays zero with a positive scale`() {
    let folded = FoldedLayer(weights: [0, 1], bias: [0, 0], channelOfWeight: [0, 1])
    let (weights, scales) = WeightQuantizer.quantize(folded)
    #expect(weights[0] == 0 && scales[0] > 0)
  }
}
