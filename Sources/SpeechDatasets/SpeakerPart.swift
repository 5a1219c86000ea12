// SPDX-License-Identifier: GPL-3.0-or-later

/// Some of the speakers of a split, so that two trainers can share it without sharing a voice.
package enum SpeakerPart: Equatable, Sendable {
  case all

  /// About so many percent of the speakers.
  case heldOut(percent: Double)

  /// The others.
  case rest(percent: Double)

  /// Whether the speaker of a clip is among them: by a hash of the speaker that has nothing to do with
  /// the one that splits the data set.
  func contains(clip name: String) -> Bool {
    func isHeldOut(_ percent: Double) -> Bool {
      Split.hashPercentage("held out " + Split.speaker(ofClip: name)) < percent
    }
    return switch self {
    case .all: true
    case .heldOut(let percent): isHeldOut(percent)
    case .rest(let percent): !isHeldOut(percent)
    }
  }
}
