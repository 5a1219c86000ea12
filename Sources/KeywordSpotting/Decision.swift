// SPDX-License-Identifier: GPL-3.0-or-later

/// A keyword whose score reached its threshold, or came near and has dropped again.
package struct Decision: Equatable, Sendable {
  package var labelIndex: Int

  /// The score that fired, or the highest of a near miss.
  package var score: Float

  package var threshold: Float
  package var isNearMiss: Bool

  /// Samples from the score to the decision: 0 where it fired.
  package var age: Int

  package init(
    labelIndex: Int, score: Float, threshold: Float, isNearMiss: Bool = false, age: Int = 0
  ) {
    self.labelIndex = labelIndex
    self.score = score
    self.threshold = threshold
    self.isNearMiss = isNearMiss
    self.age = age
  }
}
