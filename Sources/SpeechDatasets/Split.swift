// SPDX-License-Identifier: GPL-3.0-or-later

import Storage

/// What a clip is for. No speaker is in two of them.
package enum Split: String, CaseIterable, Sendable {
  case training, validation, testing

  /// Speech Commands' own rule for a file name without its extension.
  ///
  /// The SHA-1 of the part before `_nohash_`, which names the speaker, modulo 2^27, as a percentage
  /// of 2^27 - 1: below 10 is validation, below 20 testing. A name without that part is hashed
  /// whole.
  /// Reference: the README of the data set, section "Partitioning".
  package init(clipName: String) {
    let percentage = Self.hashPercentage(Self.speaker(ofClip: clipName))
    self = percentage < 10 ? .validation : percentage < 20 ? .testing : .training
  }

  /// The part of a clip's name that names its speaker.
  package static func speaker(ofClip name: String) -> String {
    guard let marker = name.firstRange(of: "_nohash_") else { return name }
    return String(name[..<marker.lowerBound])
  }

  /// SHA-1 of `text` modulo 2^27 in percent of 2^27 - 1.
  static func hashPercentage(_ text: String) -> Double {
    let digest = sha1Digest(of: Array(text.utf8).span)
    // The lowest 27 bits stand in the last seven hexadecimal digits.
    let low = Int(digest.suffix(7), radix: 16)! % (1 << 27)
    return Double(low) * (100 / Double((1 << 27) - 1))
  }
}
