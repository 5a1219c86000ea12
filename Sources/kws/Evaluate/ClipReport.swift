// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import SpeechDatasets

/// How a model did on clips of known classes.
struct ClipReport {
  /// The folder of the clips.
  let path: String
  let isInStream: Bool
  let outcomes: [ClipOutcome]
  let confusion: Confusion

  /// By speaker, where the names of the clips tell them.
  private let speakers: [GroupScore<String>]

  /// Fewest clips of a speaker who is shown.
  private let minimumCount: Int

  /// What another model did with the same clips.
  private(set) var comparison: Comparison?

  struct Comparison {
    var name: String
    var correctCount: Int
    var pairs: PairedComparison
  }

  init(
    path: String, labels: [String], isInStream: Bool, outcomes: [ClipOutcome], minimumCount: Int
  ) {
    self.path = path
    self.isInStream = isInStream
    self.outcomes = outcomes
    self.minimumCount = minimumCount
    confusion = Confusion(labels: labels, outcomes: outcomes)
    speakers = GroupScore.groups(outcomes.map { (Speaker.of(path: $0.clip.path), $0.isRight) })
  }

  /// Adds what another model made of the same clips, in the same order.
  mutating func compare(with others: [ClipOutcome], named name: String) {
    comparison = Comparison(
      name: name, correctCount: others.count(where: \.isRight),
      pairs: PairedComparison(first: outcomes.map(\.isRight), second: others.map(\.isRight)))
  }

  /// Speakers that are shown.
  private static let worstCount = 5

  private var worst: [GroupScore<String>] {
    GroupScore.worst(speakers, minimumCount: minimumCount)
  }

  /// How every clip began, as it is printed.
  var start: String { isInStream ? "in-stream" : "from reset" }

  /// The clips in which something is to be heard; nil where those are all or none.
  var withoutSilence: Confusion? {
    let rest = confusion.withoutClips(of: KeywordTask.silenceLabel)
    return (1..<confusion.clipCount).contains(rest.clipCount) ? rest : nil
  }

  /// Wrong decisions first, those with the lowest score of the right class before others; equal ones
  /// by their paths.
  var worstFirst: [ClipOutcome] {
    outcomes.sorted {
      $0.isRight != $1.isRight
        ? !$0.isRight : ($0.score, $0.clip.path) < ($1.score, $1.clip.path)
    }
  }

  /// The path of a clip below the folder.
  func name(of outcome: ClipOutcome) -> String {
    String(outcome.clip.path.dropFirst(path.count).drop { $0 == "/" })
  }

  /// A row per class with its confusions.
  var table: Table {
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

  /// Lines for a person: accuracy, a row per class with its confusions, the worst speakers, the
  /// comparison.
  var lines: [String] {
    var lines =
      [
        "accuracy \(start): "
          + AccuracyText.line(correct: confusion.correctCount, total: confusion.clipCount), "",
      ] + table.lines
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
      "interval", json: JSONLine.interval(confusion.interval.low, confusion.interval.high))
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
            entry.add(
              "interval", json: JSONLine.interval(interval(group).low, interval(group).high))
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
