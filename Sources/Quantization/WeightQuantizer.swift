// SPDX-License-Identifier: GPL-3.0-or-later

/// Symmetric quantization of weights to 8 bits per output channel.
package enum WeightQuantizer {
  /// Largest magnitude of an 8-bit weight; -128 is not used, so that the range is symmetric.
  static let limit: Float = 127

  /// Step size per channel, without any gain, and the integers, rounded half to even.
  ///
  /// The step is the one of 21 candidates between 0.8 and 1 times `max |w| / 127` with the smallest
  /// squared error: clipping the one largest weight a little can serve all others.
  package static func quantize(
    _ folded: FoldedLayer
  ) -> (weights: [Int8], scales: [Float]) {
    var members: [[Float]] = Array(repeating: [], count: folded.channelCount)
    for (weight, channel) in zip(folded.weights, folded.channelOfWeight) {
      members[channel].append(weight)
    }
    let scales = members.map(bestScale)
    let weights = zip(folded.weights, folded.channelOfWeight).map { weight, channel in
      Int8(round(weight, scale: scales[channel]))
    }
    return (weights, scales)
  }

  private static func round(_ weight: Float, scale: Float) -> Float {
    min(max((weight / scale).rounded(.toNearestOrEven), -limit), limit)
  }

  private static func bestScale(_ weights: [Float]) -> Float {
    let largest = weights.reduce(0) { max($0, abs($1)) }
    // A channel of zeros is exact at any scale.
    guard largest > .leastNormalMagnitude * limit else { return 1e-6 }
    var best = (scale: largest / limit, error: Float.infinity)
    for step in 0...20 {
      let scale = largest / limit * (1 - 0.01 * Float(step))
      var error: Float = 0
      for weight in weights {
        let difference = weight - round(weight, scale: scale) * scale
        error += difference * difference
      }
      if error < best.error { best = (scale, error) }
    }
    return best.scale
  }
}
