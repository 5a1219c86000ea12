// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Quantization
import Testing

/// SubSpectralNorm on its way into scales and biases.
@Suite struct BandFoldingTests {
  private static let channels = 3
  private static let bands = 2

  /// A convolution of 3 channels over 4 bins in 2 bands, or a depthwise one behind it.
  private func geometry(depthwise: Bool) throws -> LayerGeometry {
    let window = Window(kernel: Extent(time: 2, frequency: 2))
    let bands = Normalization.subSpectral(bandCount: Self.bands)
    return try Architecture(
      name: "bands", coefficientCount: 4, windowFrameCount: 4,
      layers: [
        Layer(
          name: "convolution",
          operation: .convolution(outputChannelCount: Self.channels, window: window),
          normalization: bands),
        Layer(
          name: "depthwise", operation: .depthwise(window: window), normalization: bands),
        Layer(name: "pool", operation: .averagePool),
        Layer(name: "head", operation: .dense(outputCount: 2)),
      ]
    ).geometry()[depthwise ? 1 : 0]
  }

  private let scale: [Float] = [1.5, -0.5, 2, -3, 0.25, 1]
  private let shift: [Float] = [0.5, 1, -1, 0.25, -0.75, 2]
  private let mean: [Float] = [1, -2, 0.5, 0, 3, -0.5]
  private let variance: [Float] = [3, 8, 0.25, 1, 15, 2]

  /// The layer's tensors, with `scale` as the normalization's.
  private func tensors(_ layer: LayerGeometry, scale: [Float]) -> [String: FloatTensor] {
    let name = layer.layer.name
    let shape = [Self.bands, Self.channels]
    return [
      "\(name).weight": FloatTensor(
        shape: layer.floatWeightShape,
        values: (0..<layer.weightCount).map { Float(($0 * 7) % 11) / 4 - 1.25 }),
      "\(name).norm.scale": FloatTensor(shape: shape, values: scale),
      "\(name).norm.shift": FloatTensor(shape: shape, values: shift),
      "\(name).norm.mean": FloatTensor(shape: shape, values: mean),
      "\(name).norm.variance": FloatTensor(shape: shape, values: variance),
    ]
  }

  /// What one output channel's window sums up, and the sum of magnitudes, for the inputs `x`, one
  /// per weight of the channel; weights in the checkpoint's order, output channel innermost.
  private func sum(_ weights: [Float], _ channel: Int, _ x: [Float]) -> Double {
    x.indices.reduce(0.0) {
      $0 + Double(x[$1]) * Double(weights[$1 * Self.channels + channel])
    }
  }

  /// Inputs in steps of 0.01 from -1.28 to 1.27.
  private func inputs(_ count: Int) -> [Float] {
    (0..<count).map { Float(($0 * 89 + 17) % 256 - 128) / 100 }
  }

  @Test(arguments: [false, true])
  func `folded bands compute what operation and normalization compute`(depthwise: Bool) throws {
    let layer = try geometry(depthwise: depthwise)
    let tensors = tensors(layer, scale: scale)
    let weights = try #require(tensors["\(layer.layer.name).weight"]).values
    let folded = FoldedLayer(geometry: layer, tensors: tensors, epsilon: 1)
    #expect(folded.channelCount == Self.channels)
    #expect(folded.gains.count == 6 && folded.bias.count == 6)
    // All bands share the weights: nothing is folded into them.
    #expect(folded.weights.sorted() == weights.sorted())
    let x = inputs(weights.count / Self.channels)
    for band in 0..<Self.bands {
      for channel in 0..<Self.channels {
        let index = band * Self.channels + channel
        let plain = sum(weights, channel, x)
        let deviation = Double(variance[index] + 1).squareRoot()
        let expected =
          Double(scale[index]) * (plain - Double(mean[index])) / deviation + Double(shift[index])
        let own = folded.weights.indices.filter { folded.channelOfWeight[$0] == channel }
        let found = zip(own, x).reduce(0.0) {
          $0 + Double(folded.weights[$1.0]) * Double($1.1)
        }
        let result = Double(folded.gains[index]) * found + Double(folded.bias[index])
        #expect(abs(result - expected) < 1e-5)
      }
    }
  }

  /// The layer in integers, and what they give for `x` in steps of 0.01, per band and channel.
  private func integers(
    _ folded: FoldedLayer, _ x: [Float]
  ) -> (layer: QuantizedLayer, values: [Double]) {
    var layer = QuantizedLayer(
      weightBits: 0, weights: [], weightScales: [], bias: [], output: nil)
    let levels = WeightLevels(bitCount: 8)
    let steps = (0..<folded.channelCount).map { channel in
      levels.bestStep(
        folded.weights.indices.filter { folded.channelOfWeight[$0] == channel }
          .map { folded.weights[$0] })
    }
    layer.setWeights(folded, steps: steps, levels: levels, inputScale: 0.01, isSigned: true)
    let values = layer.bias.indices.map { index in
      let own = folded.weights.indices.filter {
        folded.channelOfWeight[$0] == index % folded.channelCount
      }
      let sum = zip(own, x).reduce(Int(layer.bias[index])) {
        $0 + Int(layer.weights[$1.0]) * Int(($1.1 * 100).rounded())
      }
      return Double(sum) * 0.01 * Double(layer.weightScales[index])
    }
    return (layer, values)
  }

  @Test(arguments: [false, true])
  func `integers with signed scales stay near the real values`(depthwise: Bool) throws {
    let layer = try geometry(depthwise: depthwise)
    let folded = FoldedLayer(
      geometry: layer, tensors: tensors(layer, scale: scale), epsilon: 1)
    let x = inputs(folded.weights.count / Self.channels)
    let (quantized, values) = integers(folded, x)
    #expect(quantized.weightBits == 8)
    #expect(quantized.weightScales.map { $0 < 0 } == scale.map { $0 < 0 })
    for index in values.indices {
      let own = folded.weights.indices.filter {
        folded.channelOfWeight[$0] == index % Self.channels
      }
      let real = zip(own, x).reduce(Double(folded.bias[index])) {
        $0 + Double(folded.gains[index]) * Double(folded.weights[$1.0]) * Double($1.1)
      }
      // Half a step per weight, a step and more where the largest are clipped.
      let step = Double(abs(quantized.weightScales[index]))
      #expect(abs(values[index] - real) < 1.28 * step * Double(x.count))
    }
  }

  @Test func `a band without gain gives its shift and leaves the other bands alone`() throws {
    let layer = try geometry(depthwise: false)
    for faint: Float in [0, 1e-38, -1e-30, 1e-12] {
      let faintScale = [faint, faint, faint] + scale[3...]
      let folded = FoldedLayer(
        geometry: layer, tensors: tensors(layer, scale: faintScale), epsilon: 1)
      let usual = FoldedLayer(
        geometry: layer, tensors: tensors(layer, scale: scale), epsilon: 1)
      let x = inputs(folded.weights.count / Self.channels)
      let (quantized, values) = integers(folded, x)
      #expect(quantized.weightScales.allSatisfy { $0.isFinite && $0 != 0 })
      #expect(quantized.bias.allSatisfy { $0.magnitude <= 1 << 30 })
      for channel in 0..<Self.channels {
        #expect(abs(values[channel] - Double(shift[channel])) < 1e-4 * Double(abs(shift[channel])))
      }
      let other = integers(usual, x)
      #expect(values[3...] == other.values[3...])
      #expect(quantized.weights == other.layer.weights)
    }
  }

  @Test func `a band of neither gain nor shift gives nothing`() throws {
    let layer = try geometry(depthwise: true)
    var tensors = tensors(layer, scale: [0, 0, 0, 0, 0, 0])
    tensors["depthwise.norm.shift"]?.values = Array(repeating: 0, count: 6)
    let folded = FoldedLayer(geometry: layer, tensors: tensors, epsilon: 1)
    let (quantized, values) = integers(folded, inputs(4))
    #expect(quantized.bias == Array(repeating: 0, count: 6))
    #expect(quantized.weightScales.allSatisfy { $0 > 0 })
    #expect(values.allSatisfy { abs($0) < 1e-30 })
  }
}
