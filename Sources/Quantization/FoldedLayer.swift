// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// One layer in real numbers with its normalization as a factor and a bias:
/// `gain * sum(weights * x) + bias`.
///
/// With `g = scale / sqrt(variance + epsilon)`, `scale * (w * x - mean) / deviation + shift` is
/// `g * (w * x) + (shift - g * mean)`. The weights stay those of the checkpoint: they are quantized
/// per output channel with a symmetric scale, so that folding `g` into them would give the same
/// integers, and SubSpectralNorm (arXiv 2103.13620) has a `g` per band of frequencies while all bands
/// share the weights.
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

  /// Folds the tensors of `geometry`'s layer, which has weights.
  ///
  /// - Precondition: `tensors` holds what `geometry.networkTensorShapes` lists.
  package init(geometry: LayerGeometry, tensors: [String: FloatTensor], epsilon: Float) {
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
    guard geometry.layer.normalization != .none else {
      gains = Array(repeating: 1, count: outputCount)
      bias = tensors["\(name).bias"]!.values
      return
    }
    let scale = tensors["\(name).norm.scale"]!.values
    let shift = tensors["\(name).norm.shift"]!.values
    let mean = tensors["\(name).norm.mean"]!.values
    let variance = tensors["\(name).norm.variance"]!.values
    gains = scale.indices.map { scale[$0] / (variance[$0] + epsilon).squareRoot() }
    bias = shift.indices.map { [gains] in shift[$0] - gains[$0] * mean[$0] }
  }

  /// Whether folding left every number finite.
  var isFinite: Bool {
    weights.allSatisfy(\.isFinite) && gains.allSatisfy(\.isFinite) && bias.allSatisfy(\.isFinite)
  }
}
