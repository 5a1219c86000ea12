// SPDX-License-Identifier: GPL-3.0-or-later

/// What was decided of one clip.
package struct ClipOutcome: Equatable, Sendable {
  package var clip: ClipFolder.Clip

  /// One per class of the model.
  package var posteriors: [Float]

  /// The class with the largest posterior, the first of equal ones.
  package let decision: Int

  package init(clip: ClipFolder.Clip, posteriors: [Float]) {
    self.clip = clip
    self.posteriors = posteriors
    var best = 0
    for label in posteriors.indices where posteriors[label] > posteriors[best] { best = label }
    decision = best
  }

  package var isRight: Bool { decision == clip.label }

  /// The posterior of the class that the clip is of.
  package var score: Float { posteriors[clip.label] }
}
