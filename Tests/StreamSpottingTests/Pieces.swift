// SPDX-License-Identifier: GPL-3.0-or-later

import Audio

/// Samples in memory as a live source gives them: in periods, with idle times and restarts.
struct Pieces: ~Copyable, AudioSource {
  private let samples: [Float]
  private let periodLength: Int

  /// A sample at which a period ends.
  private let cut: Int

  private var position = 0
  private var origin: Int
  private var turn = 0

  /// - Parameter origin: if not 0, the stream restarts there before its first sample.
  init(_ samples: [Float], periodLength: Int = 320, origin: Int = 0, cut: Int = .max) {
    self.samples = samples
    self.periodLength = periodLength
    self.origin = origin
    self.cut = cut
  }

  mutating func read(into room: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece {
    turn += 1
    if origin != 0 {
      defer { origin = 0 }
      return .restart(at: origin)
    }
    if turn % 7 == 0 && position < samples.count { return .idle }
    let end = position < cut ? min(cut, samples.count) : samples.count
    let count = min(room.count, periodLength, end - position)
    guard count > 0 else { return .end }
    for index in 0..<count { room[index] = samples[position + index] }
    position += count
    return .samples(count)
  }
}
