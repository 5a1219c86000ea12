// SPDX-License-Identifier: GPL-3.0-or-later

/// What was decided on each validation clip, in the order of the data set.
package struct ValidationDecisions: Equatable, Sendable {
  /// The truth, as indices of labels.
  package var labels: [Int] = []

  /// Decisions with every clip starting from reset.
  package var fromReset: [Decision] = []

  /// Decisions with every clip following another in a stream.
  package var inStream: [Decision] = []

  package init() {}

  /// How many were right.
  package var report: ValidationReport {
    ValidationReport(
      clipCount: labels.count, correctFromReset: Self.matchCount(fromReset, labels),
      correctInStream: Self.matchCount(inStream, labels))
  }

  private static func matchCount(_ decisions: [Decision], _ labels: [Int]) -> Int {
    zip(decisions, labels).count { $0.label == $1 }
  }
}

/// A decision and how clear it was.
package struct Decision: Equatable, Sendable {
  /// One per label.
  package let posteriors: [Float]

  /// Index of the largest posterior, the first of equal ones.
  package private(set) var label: Int

  /// The largest posterior minus the second.
  package let margin: Float

  /// From posteriors, at least one.
  package init(posteriors: [Float]) {
    self.posteriors = posteriors
    var (best, second) = (-Float.infinity, -Float.infinity)
    label = 0
    for (index, value) in posteriors.enumerated() {
      if value > best {
        (best, second, label) = (value, best, index)
      } else {
        second = max(second, value)
      }
    }
    margin = best - max(second, 0)
  }
}
