// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

extension QuantizedLayer {
  /// Largest magnitude of a bias: the file format's limit.
  private static let biasLimit = 0x1p30

  /// Takes the weights, scales and biases of a layer in real numbers, each weight as the level
  /// nearest to it.
  ///
  /// A channel's normalization goes into its scale. Where it is negative the integers change sign, as
  /// the levels are symmetric; with SubSpectralNorm, which has several per channel, the scales do.
  ///
  /// - Parameters:
  ///   - steps: Real value of one step of each output channel's weights.
  ///   - inputScale: Real value of one step of the layer's input.
  ///   - isSigned: Whether scales may be negative.
  package mutating func setWeights(
    _ folded: FoldedLayer, steps: [Float], levels: WeightLevels, inputScale: Float, isSigned: Bool
  ) {
    weightBits = levels.bitCount
    weights = zip(folded.weights, folded.channelOfWeight).map { weight, channel in
      let level = Int8(levels.nearest(weight / steps[channel]))
      return !isSigned && folded.gains[channel] < 0 ? -level : level
    }
    weightScales = folded.gains.indices.map { index in
      let gain = isSigned ? folded.gains[index] : abs(folded.gains[index])
      return Self.scale(
        steps[index % folded.channelCount] * gain, bias: folded.bias[index],
        inputScale: inputScale)
    }
    bias = zip(folded.bias, weightScales).map { bias, scale in
      Self.quantizeBias(bias, step: inputScale * scale)
    }
  }

  /// The scale of one channel, or of one band of it, kept so far from 0 that the bias fits its 30
  /// bits.
  ///
  /// Training may take a gain to 0, and does where the band carries nothing; the output then is the
  /// bias. In steps of so small a scale the bias would pass every limit, and the other bands need
  /// the weights as they are. At the least scale, where the bias is 2^30 steps, `n` weights
  /// wrongly add at most `255 * 127 * n / 2^30` of the bias: for 100 weights 0.3 %, less than one
  /// step of an output that reaches as far as the bias.
  private static func scale(_ scale: Float, bias: Float, inputScale: Float) -> Float {
    let least = Double(abs(bias)) / (Double(inputScale) * biasLimit)
    let magnitude = max(abs(scale), Float(least), .leastNormalMagnitude)
    return scale < 0 ? -magnitude : magnitude
  }

  /// A bias in steps of the accumulator, within the file format's limit.
  private static func quantizeBias(_ bias: Float, step: Float) -> Int32 {
    guard bias != 0 else { return 0 }
    let steps = (Double(bias) / Double(step)).rounded(.toNearestOrEven)
    return Int32(min(max(steps, -biasLimit), biasLimit))
  }
}
