// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// What one step of a `SpottingLine` did.
package enum SpottingStep: Equatable, Sendable {
  /// A detection, or a near miss where the plan asks for them.
  case detection(Detection)

  /// This many samples were heard, and all their detections given.
  case samples(Int)

  /// What was heard before is forgotten; the next sample has this index.
  case restarted(at: Int)

  /// Nothing came from a live source for about 100 ms.
  case idle

  /// The source has ended.
  case end
}
