// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Reports
import SpeechDatasets

/// How the posteriors of clips are distributed.
struct ClipScores {
  private let labels: [String]
  private let outcomes: [ClipOutcome]

  init(_ report: ClipReport) {
    labels = report.confusion.labels
    outcomes = report.outcomes
  }

  private func isKeyword(_ label: Int) -> Bool {
    ![KeywordTask.silenceLabel, KeywordTask.unknownLabel].contains(labels[label])
  }

  /// The score of the clip's own class, of clips decided right and wrong.
  var own: Histogram {
    EvaluationPage.scores(
      "Score of the class that the clip is of", "posterior of the right class",
      [
        ("decided right", outcomes.filter(\.isRight).map(\.score)),
        ("decided wrong", outcomes.filter { !$0.isRight }.map(\.score)),
      ])
  }

  /// A keyword's score where it is spoken, and the highest of all keywords where none is; nil where
  /// there are no clips of the one or of the other.
  var keywords: Histogram? {
    let spoken = outcomes.filter { isKeyword($0.clip.label) }
    let rest = outcomes.filter { !isKeyword($0.clip.label) }
    guard !spoken.isEmpty, !rest.isEmpty else { return nil }
    let highest = rest.map { outcome in
      labels.indices.reduce(Float(0)) {
        isKeyword($1) ? max($0, outcome.posteriors[$1]) : $0
      }
    }
    return EvaluationPage.scores(
      "Keywords against the rest", "posterior of the keyword, or of the likeliest one",
      [("keyword spoken", spoken.map(\.score)), ("no keyword", highest)])
  }

  /// A row per class: how low the score of the right class falls.
  var table: Table {
    var table = Table(header: ["class", "clips", "median score", "lowest tenth", "lowest"])
    for (label, name) in labels.enumerated() {
      let scores = outcomes.filter { $0.clip.label == label }.map(\.score).sorted()
      guard let lowest = scores.first else { continue }
      table.add(
        [name, "\(scores.count)"]
          + [scores[scores.count / 2], scores[scores.count / 10], lowest].map {
            fixed(Double($0), decimals: 3)
          })
    }
    return table
  }
}
