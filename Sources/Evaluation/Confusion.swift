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

  package init(labels: [String], outcomes: [ClipOutcome]) {
    self.init(labels: labels)
    for outcome in outcomes { add(truth: outcome.clip.label, decision: outcome.decision) }
  }

  /// The same without the clips of one class, whatever others were taken for.
  package func withoutClips(of label: String) -> Confusion {
    var rest = self
    for (index, name) in labels.enumerated() where name == label {
      rest.counts[index] = rest.counts[index].map { _ in 0 }
    }
    return rest
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

  /// 95 % interval of the accuracy, as papers on these clips give it.
  package var interval: WilsonInterval { WilsonInterval(correct: correctCount, total: clipCount) }

  /// The exact 95 % interval of the accuracy, which is a little wider.
  package var exactInterval: ClopperPearsonInterval {
    ClopperPearsonInterval(count: correctCount, total: clipCount)
  }
}
