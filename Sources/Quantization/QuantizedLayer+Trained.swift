// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

extension QuantizedLayer {
  /// Takes the weights that a layer was trained to have in integers: no rounding is left to do.
  ///
  /// A channel's normalization goes into its scale. Where it is negative the integers change sign, as
  /// the levels are symmetric; with SubSpectralNorm, which has several per channel, the scales do.
  ///
  /// - Parameters:
  ///   - folded: With the checkpoint's own weights, see `keepsWeights`.
  ///   - steps: Real value of one step of each output channel's weights.
  ///   - inputScale: Real value of one step of the layer's input.
  ///   - isSigned: Whether scales may be negative.
  package mutating func setTrainedWeights(
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
}
