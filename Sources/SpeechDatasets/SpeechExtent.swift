// SPDX-License-Identifier: GPL-3.0-or-later

/// Where in a clip of one word the word lies, and how loud it is.
struct SpeechExtent: Equatable, Sendable {
  /// Frames of 10 ms, from the first to the last that is within 25 dB of the loudest.
  let frames: Range<Int>

  /// Mean power of those frames; 0 for a clip of digital zero.
  let power: Float

  /// - Parameter powers: of frames of 10 ms.
  init(powers: [Float]) {
    let least = (powers.max() ?? 0) * 0.003_162_278  // -25 dB
    guard least > 0, let first = powers.firstIndex(where: { $0 >= least }),
      let last = powers.lastIndex(where: { $0 >= least })
    else {
      frames = 0..<powers.count
      power = 0
      return
    }
    frames = first..<last + 1
    power = powers[frames].reduce(0, +) / Float(frames.count)
  }
}
