// SPDX-License-Identifier: GPL-3.0-or-later

/// How often clips of each class were decided to be of each class.
package struct Confusion: Equatable, Sendable {
  /// Class names in the model's order.
  package let labels: [String]

  /// Counts `[truth][decision]`.
  package private(set) var counts: [[Int]]

  /// No clips yet.
  package init(labels: [String]) {
    self.labels = labels
    counts = Array(repeating: Array(repeating: 0, count: labels.count), count: labels.count)
  }

  /// Clips whose classes are `truth`, decided to be of the classes `decisions`.
  package init(labels: [String], truth: [Int], decisions: [Int]) {
    self.init(labels: labels)
    for (truth, decision) in zip(truth, decisions) { add(truth: truth, decision: decision) }
  }

  /// Counts one clip of class `truth` that was decided to be `decision`.
  package mutating func add(truth: Int, decision: Int) {
    counts[truth][decision] += 1
  }

  /// Clips counted.
  package var clipCount: Int { counts.reduce(0) { $0 + $1.reduce(0, +) } }

  /// Clips decided right.
  package var correctCount: Int { counts.indices.reduce(0) { $0 + counts[$1][$1] } }

  /// Part of the clips decided right; 0 where there are none.
  package var accuracy: Double {
    clipCount == 0 ? 0 : Double(correctCount) / Double(clipCount)
  }

  /// 95 % interval of the accuracy.
  package var interval: WilsonInterval { WilsonInterval(correct: correctCount, total: clipCount) }
}
