// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// Hears clips as they are, under noise, and at other levels.
struct ConditionEvaluation {
  let folder: ClipFolder
  let labels: [String]
  let options: ConditionOptions
  let start: ClipStart

  /// - Parameter report: is told of clips that are truncated or empty, once.
  func run<Decider: ClipDecider & ~Copyable>(
    report: (ClipFinding) -> Void, decider: () throws -> Decider
  ) throws -> [ConditionScore] {
    let noise = try options.noise.map {
      try NoiseRecordings(paths: try BackgroundFolder.recordings(at: $0))
    }
    var scores: [ConditionScore] = []
    for condition in try options.conditions() {
      var evaluation = ClipEvaluation(
        ConditionedClipDecider(
          try decider(), condition: condition, noise: noise, seed: options.noiseSeed))
      let isFirst = scores.isEmpty
      let outcomes = try evaluation.run(folder.clips, start: start) { if isFirst { report($0) } }
      scores.append(
        ConditionScore(
          condition: condition, confusion: Confusion(labels: labels, outcomes: outcomes)))
    }
    return scores
  }
}
