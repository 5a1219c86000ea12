// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// One layer in real numbers with its normalization folded in: `gain * sum(weights * x) + bias`.
///
/// With `g = scale / sqrt(variance + epsilon)` per output channel, `g * (w * x - mean) + shift` is
/// `g * (w * x) + (shift - g * mean)`. Weights are quantized per output channel with a symmetric
/// scale, so folding `g` into them or into that scale gives the same integers. Batch normalization
/// goes into the weights, whose gains are then 1; SubSpectralNorm (arXiv 2103.13620), which has a
/// `g` per band of frequencies while all bands share the weights, stays in the gains.
package struct FoldedLayer: Equatable, Sendable {
  /// Output-major: convolution `[output, time, frequency, input]`, dense `[output, input]`;
  /// depthwise `[time, frequency, channel]`.
  package var weights: [Float]

  /// Factor of the weighted sum, `[channel]` or `[band, channel]`; of either sign.
  package var gains: [Float]

  /// `[channel]` or `[band, channel]`.
  package var bias: [Float]

  /// Output channel of the weight at each position of `weights`.
  package var channelOfWeight: [Int]

  /// Output channels.
  package var channelCount: Int

  /// A layer without bands as it is given.
  ///
  /// - Precondition: every element of `channelOfWeight` is an index of `bias`.
  package init(weights: [Float], bias: [Float], channelOfWeight: [Int]) {
    precondition(weights.count == channelOfWeight.count, "one channel per weight")
    self.weights = weights
    self.bias = bias
    gains = Array(repeating: 1, count: bias.count)
    channelCount = bias.count
    self.channelOfWeight = channelOfWeight
  }

  /// Folds the tensors of `geometry`'s layer, which has weights.
  ///
  /// - Parameter keepsWeights: Whether batch normalization, too, stays in the gains, so that the
  ///   weights are those of the checkpoint.
  /// - Precondition: `tensors` holds what `geometry.networkTensorShapes` lists.
  package init(
    geometry: LayerGeometry, tensors: [String: FloatTensor], epsilon: Float,
    keepsWeights: Bool = false
  ) {
    let name = geometry.layer.name
    let source = tensors["\(name).weight"]!.values
    let outputCount = geometry.output.channelCount
    channelCount = outputCount
    if case .depthwise = geometry.layer.operation {
      weights = source
      channelOfWeight = source.indices.map { $0 % outputCount }
    } else {
      // Checkpoints keep the output channel innermost, models outermost.
      let perOutput = source.count / outputCount
      weights = []
      channelOfWeight = []
      for output in 0..<outputCount {
        for index in 0..<perOutput {
          weights.append(source[index * outputCount + output])
          channelOfWeight.append(output)
        }
      }
    }
    gains = Array(repeating: 1, count: outputCount)
    guard geometry.layer.normalization != .none else {
      bias = tensors["\(name).bias"]!.values
      return
    }
    let scale = tensors["\(name).norm.scale"]!.values
    let shift = tensors["\(name).norm.shift"]!.values
    let mean = tensors["\(name).norm.mean"]!.values
    let variance = tensors["\(name).norm.variance"]!.values
    let gain = scale.indices.map { scale[$0] / (variance[$0] + epsilon).squareRoot() }
    bias = shift.indices.map { shift[$0] - gain[$0] * mean[$0] }
    let isBanded = if case .subSpectral = geometry.layer.normalization { true } else { false }
    if keepsWeights || isBanded {
      gains = gain
    } else {
      for index in weights.indices { weights[index] *= gain[channelOfWeight[index]] }
    }
  }

  /// Whether folding left every number finite.
  var isFinite: Bool {
    weights.allSatisfy(\.isFinite) && gains.allSatisfy(\.isFinite) && bias.allSatisfy(\.isFinite)
  }
}
