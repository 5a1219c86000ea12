// SPDX-License-Identifier: GPL-3.0-or-later

/// What was decided on each validation clip, in the order of the data set.
package struct ValidationDecisions: Equatable, Sendable {
  /// The truth, as indices of labels.
  package var labels: [Int] = []

  /// Decisions with every clip starting from reset.
  package var fromReset: [Int] = []

  /// By how much the largest posterior from reset was above the second.
  package var margins: [Float] = []

  /// Decisions with every clip following another in a stream.
  package var inStream: [Int] = []

  package init() {}

  /// How many were right.
  package var report: ValidationReport {
    ValidationReport(
      clipCount: labels.count, correctFromReset: Self.matchCount(fromReset, labels),
      correctInStream: Self.matchCount(inStream, labels))
  }

  private static func matchCount(_ decisions: [Int], _ labels: [Int]) -> Int {
    zip(decisions, labels).count { $0 == $1 }
  }
}

/// A decision and how clear it was.
package struct Decision: Equatable, Sendable {
  /// Index of the largest value.
  package var label: Int

  /// The largest posterior minus the second.
  package var margin: Float

  /// From posteriors, at least one.
  package init(posteriors: some Collection<Float>) {
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
