// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// Accuracy on clips as they are, under noise, and at other levels.
struct ConditionEvaluation {
  let folder: ClipFolder
  let labels: [String]
  let options: ConditionOptions
  let start: ClipStart

  /// Lines for a person, a row per condition; or one JSON array on a line.
  ///
  /// - Parameter report: is told of clips that are truncated or empty, once.
  func lines<Decider: ClipDecider & ~Copyable>(
    json: Bool, report: (ClipFinding) -> Void, decider: () throws -> Decider
  ) throws -> [String] {
    let noise = try options.noise.map {
      try NoiseRecordings(paths: try BackgroundFolder.recordings(at: $0))
    }
    var results: [(condition: ClipCondition, confusion: Confusion)] = []
    for condition in try options.conditions() {
      var evaluation = ClipEvaluation(
        ConditionedClipDecider(
          try decider(), condition: condition, noise: noise, seed: options.noiseSeed))
      let isFirst = results.isEmpty
      let outcomes = try evaluation.run(folder.clips, start: start) { if isFirst { report($0) } }
      results.append((condition, Confusion(labels: labels, outcomes: outcomes)))
    }
    return json ? [Self.json(results)] : Self.table(results)
  }

  private static func table(
    _ results: [(condition: ClipCondition, confusion: Confusion)]
  ) -> [String] {
    var table = Table(header: ["condition", "clips", "right", "accuracy", "95 % interval"])
    for (condition, confusion) in results {
      let interval = confusion.interval
      table.add([
        text(condition), "\(confusion.clipCount)", "\(confusion.correctCount)",
        percent(confusion.accuracy),
        "\(fixed(100 * interval.low, decimals: 2))-\(fixed(100 * interval.high, decimals: 2))",
      ])
    }
    return table.lines
  }

  private static func text(_ condition: ClipCondition) -> String {
    if let decibels = condition.signalToNoiseDecibels {
      return "signal to noise \(number(decibels)) dB"
    }
    let gain = condition.gainDecibels
    if gain == 0 { return "as recorded" }
    return "\(number(gain.magnitude)) dB \(gain < 0 ? "softer" : "louder")"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }

  /// `[{"snr", "gain", "clips", "correct", "accuracy", "interval": [low, high]}]`, with null for no
  /// noise.
  private static func json(
    _ results: [(condition: ClipCondition, confusion: Confusion)]
  ) -> String {
    JSONLine.array(
      results.map { condition, confusion in
        var object = JSONLine()
        object.add("snr", condition.signalToNoiseDecibels ?? .nan, decimals: 3)
        object.add("gain", condition.gainDecibels, decimals: 3)
        object.add("clips", confusion.clipCount)
        object.add("correct", confusion.correctCount)
        object.add("accuracy", confusion.accuracy, decimals: 6)
        let interval = confusion.interval
        object.add(
          "interval",
          json: JSONLine.interval(interval.low, interval.high))
        return object.text
      })
  }
}
