// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio
import Threads

/// A microphone that remembers when it last gave something: what comes after is the line's work,
/// what came before was waiting.
struct MeteredMicrophone: ~Copyable, AudioSource {
  var microphone: Microphone

  /// Seconds of the monotonic clock.
  private(set) var gaveAt = monotonicSeconds()

  init(_ microphone: consuming Microphone) { self.microphone = microphone }

  mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece {
    let piece = try microphone.read(into: &samples)
    gaveAt = monotonicSeconds()
    return piece
  }
}
