// SPDX-License-Identifier: GPL-3.0-or-later

/// The one form of audio that the rest of the system knows: 16 kHz, one channel, in [-1, 1).
package enum AudioFormat {
  /// Samples per second of every `AudioSource`.
  package static let sampleRate = 16_000

  /// The largest value below 1: the upper end of a sample's range.
  package static let largestSample = Float(1).nextDown

  /// Extensions of files that are taken as recordings where a folder is listed, in lower case.
  package static let fileExtensions: Set = ["wav", "flac", "ogg", "opus", "mp3"]
}

/// A stream of 16 kHz mono samples in [-1, 1) that is pulled.
package protocol AudioSource: ~Copyable {
  /// Writes the next samples to the front of `samples` and returns how many, 0 only at the end.
  ///
  /// May give fewer samples than there is room for; how a stream is cut into calls never changes
  /// its samples. May block.
  ///
  /// - Precondition: `samples` is not empty.
  mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError) -> Int
}
