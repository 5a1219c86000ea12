// SPDX-License-Identifier: GPL-3.0-or-later

/// SpecAugment on log-mel features: bands of frames and of mel bins filled with the mean spectrum.
///
/// Reference: Park et al., "SpecAugment", arXiv 1904.08779, without time warping.
struct SpectrumMasks {
  let frameCount: Int
  let binCount: Int
  let framesPerSecond: Float

  /// Frames from one frame of the target to the next.
  var frameStep = 1

  /// Fills the masks of `draw`.
  ///
  /// - Parameters:
  ///   - fill: value of masked places per mel bin.
  ///   - target: `[frame, binCount]`, frames 0, `frameStep`, 2 `frameStep` ... of `frameCount`.
  func apply(
    _ draw: AugmentationDraw, configuration: AugmentationConfiguration, fill: [Float],
    to target: inout MutableSpan<Float>
  ) {
    for mask in draw.timeMasks {
      let band = Self.band(
        mask, largestWidth: configuration.timeMaskSeconds * framesPerSecond, count: frameCount)
      for row in rows(band) {
        for bin in 0..<binCount { target[row * binCount + bin] = fill[bin] }
      }
    }
    for mask in draw.frequencyMasks {
      let band = Self.band(
        mask, largestWidth: Float(configuration.frequencyMaskWidth), count: binCount)
      for row in rows(0..<frameCount) {
        for bin in band { target[row * binCount + bin] = fill[bin] }
      }
    }
  }

  /// The target's rows for a band of frames.
  private func rows(_ frames: Range<Int>) -> Range<Int> {
    func row(_ frame: Int) -> Int { (frame + frameStep - 1) / frameStep }
    return row(frames.lowerBound)..<row(frames.upperBound)
  }

  /// 0 to `largestWidth` places of `count`, each width and each start equally likely.
  private static func band(
    _ mask: (place: Float, width: Float), largestWidth: Float, count: Int
  ) -> Range<Int> {
    let width = min(Int(mask.width * (largestWidth + 1)), count)
    let first = Int(mask.place * Float(count - width + 1))
    return first..<min(first + width, count)
  }
}
