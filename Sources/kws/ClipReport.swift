// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// How a model did on clips.
struct ClipReport {
  var confusion: Confusion
  var isInStream: Bool

  /// By speaker, where the names of the clips tell them.
  var speakers: [GroupScore<String>]

  /// Fewest clips of a speaker who is shown.
  var minimumCount: Int

  /// What another model did with the same clips.
  var comparison: Comparison?

  struct Comparison {
    var name: String
    var correctCount: Int
    var pairs: PairedComparison
  }

  /// Speakers that are shown.
  private static let worstCount = 5

  private var worst: [GroupScore<String>] {
    GroupScore.worst(speakers, minimumCount: minimumCount)
  }

  /// Lines for a person: accuracy, a row per class with its confusions, the worst speakers, the
  /// comparison.
  var lines: [String] {
    var lines =
      [
        "accuracy \(isInStream ? "in-stream" : "from reset"): "
          + AccuracyText.line(correct: confusion.correctCount, total: confusion.clipCount), "",
      ] + classTable.lines
    if !worst.isEmpty {
      lines += [
        "",
        "worst of \(worst.count) speakers with at least \(minimumCount) clips; the intervals hold for "
          + "all of them together:",
      ]
      lines += speakerTable.lines
    }
    if let comparison {
      let name = comparison.name
      lines += [
        "",
        "\(name) on the same clips: "
          + AccuracyText.line(
            correct: comparison.correctCount, total: confusion.clipCount),
        "right only here \(comparison.pairs.onlyFirstCount), only there "
          + "\(comparison.pairs.onlySecondCount): difference "
          + ComparisonText.difference(comparison.pairs),
      ]
    }
    return lines
  }

  private var classTable: Table {
    var table = Table(header: ["class", "clips", "right", "accuracy", "taken for"])
    for (label, row) in confusion.counts.enumerated() {
      let total = row.reduce(0, +)
      guard total > 0 else { continue }
      let wrong = row.indices.filter { $0 != label && row[$0] > 0 }.sorted { row[$0] > row[$1] }
      table.add([
        confusion.labels[label], "\(total)", "\(row[label])",
        percent(Double(row[label]) / Double(total)),
        wrong.map { "\(confusion.labels[$0]) \(row[$0])" }.joined(separator: ", "),
      ])
    }
    return table
  }

  private var speakerTable: Table {
    var table = Table(header: ["speaker", "clips", "right", "accuracy", "interval"])
    for group in worst.prefix(Self.worstCount) {
      let interval = interval(group)
      table.add([
        group.key, "\(group.totalCount)", "\(group.correctCount)", percent(group.rate),
        "\(fixed(100 * interval.low, decimals: 1))-\(fixed(100 * interval.high, decimals: 1))",
      ])
    }
    return table
  }

  private func interval(_ group: GroupScore<String>) -> ClopperPearsonInterval {
    ClopperPearsonInterval(
      count: group.correctCount, total: group.totalCount, oneOf: worst.count)
  }

  /// `{"clips", "correct", "accuracy", "interval": [low, high], "labels", "confusion"}`, and where there
  /// are any `"worstSpeakers"` and `"comparison"`.
  var json: String {
    var object = JSONLine()
    object.add("clips", confusion.clipCount)
    object.add("correct", confusion.correctCount)
    object.add("accuracy", confusion.accuracy, decimals: 6)
    object.add(
      "interval", json: JSONLine.pair(confusion.interval.low, confusion.interval.high))
    object.add("labels", json: JSONLine.array(confusion.labels.map(JSONLine.quoted)))
    object.add(
      "confusion",
      json: JSONLine.array(confusion.counts.map { JSONLine.array($0.map { "\($0)" }) }))
    if !worst.isEmpty {
      object.add(
        "worstSpeakers",
        json: JSONLine.array(
          worst.prefix(Self.worstCount).map { group in
            var entry = JSONLine()
            entry.add("speaker", group.key)
            entry.add("clips", group.totalCount)
            entry.add("correct", group.correctCount)
            entry.add("interval", json: JSONLine.pair(interval(group).low, interval(group).high))
            return entry.text
          }))
    }
    if let comparison {
      var entry = ComparisonText.json(comparison.pairs)
      entry.add("correct", comparison.correctCount)
      object.add("comparison", json: entry.text)
    }
    return object.text
  }
}
