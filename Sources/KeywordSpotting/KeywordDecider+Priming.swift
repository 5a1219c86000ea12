// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

extension KeywordDecider {
  /// Starts as if `columnCount` columns had been heard, of which `other` decided.
  ///
  /// What takes part in an utterance is taken over by the labels' names, so that what `other` has
  /// reported is not reported again.
  mutating func take(over other: borrowing KeywordDecider, atColumn columnCount: Int) {
    reset()
    self.columnCount = columnCount
    if let last = other.lastDecisionSample { refractoryEnd = last + plan.refractoryLength }
    lastDecisionSample = other.lastDecisionSample
    for (label, name) in plan.labels.enumerated() {
      guard let index = other.plan.labels.firstIndex(of: name) else { continue }
      Self.set(&isDisarmed, label, other.isDisarmed.span[index])
      nearMisses.adopt(index, of: other.nearMisses, as: label)
    }
  }

  /// Takes a column whose scores are not yet good: too few columns went before.
  mutating func fill(_ posteriors: Span<Float>) {
    smooth(posteriors)
    columnCount += 1
  }

  /// Takes a column that another decider has decided.
  ///
  /// - Parameter hasFired: Whether that one fired here; if not, nothing fires, and a score that is
  ///   still above its threshold afterwards fires then.
  mutating func follow(_ posteriors: Span<Float>, at sample: Int, hasFired: Bool) {
    fill(posteriors)
    let isRefractory = sample < refractoryEnd
    _ = strongest(isRefractory: isRefractory)
    if hasFired { fire(at: sample) }
    followNearMisses(at: sample, isSpent: hasFired || isRefractory)
  }
}
