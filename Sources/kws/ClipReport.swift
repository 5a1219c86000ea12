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

  init(path: String, labels: [String], isInStream: Bool, outcomes: [ClipOutcome]) {
    self.path = path
    self.isInStream = isInStream
    self.outcomes = outcomes
    confusion = Confusion(labels: labels, outcomes: outcomes)
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

  /// Lines for a person: accuracy, then the classes.
  var lines: [String] {
    [
      "accuracy \(start): "
        + AccuracyText.line(correct: confusion.correctCount, total: confusion.clipCount), "",
    ] + table.lines
  }

  /// `{"clips", "correct", "accuracy", "interval": [low, high], "labels", "confusion"}`.
  var json: String {
    var object = JSONLine()
    object.add("clips", confusion.clipCount)
    object.add("correct", confusion.correctCount)
    object.add("accuracy", confusion.accuracy, decimals: 6)
    let interval = confusion.interval
    object.add("interval", json: JSONLine.interval(interval.low, interval.high))
    object.add("labels", json: JSONLine.array(confusion.labels.map(JSONLine.quoted)))
    object.add(
      "confusion",
      json: JSONLine.array(confusion.counts.map { JSONLine.array($0.map { "\($0)" }) }))
    return object.text
  }
}
