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
