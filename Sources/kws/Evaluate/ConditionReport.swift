// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// How a model did on the same clips under each condition.
struct ConditionReport {
  /// The folder of the clips.
  let path: String
  let start: ClipStart
  let scores: [ConditionScore]

  /// A row per condition.
  var table: Table {
    var table = Table(header: ["condition", "clips", "right", "accuracy", "95 % interval"])
    for score in scores {
      let interval = score.confusion.interval
      table.add([
        score.name, "\(score.confusion.clipCount)", "\(score.confusion.correctCount)",
        percent(score.confusion.accuracy),
        "\(fixed(100 * interval.low, decimals: 2))-\(fixed(100 * interval.high, decimals: 2))",
      ])
    }
    return table
  }

  /// `[{"snr", "gain", "clips", "correct", "accuracy", "interval": [low, high]}]`, with null for no
  /// noise.
  var json: String {
    JSONLine.array(
      scores.map { score in
        var object = JSONLine()
        object.add("snr", score.condition.signalToNoiseDecibels ?? .nan, decimals: 3)
        object.add("gain", score.condition.gainDecibels, decimals: 3)
        object.add("clips", score.confusion.clipCount)
        object.add("correct", score.confusion.correctCount)
        object.add("accuracy", score.confusion.accuracy, decimals: 6)
        let interval = score.confusion.interval
        object.add("interval", json: JSONLine.interval(interval.low, interval.high))
        return object.text
      })
  }
}

/// Clips under one condition, decided.
struct ConditionScore {
  let condition: ClipCondition
  let confusion: Confusion

  /// Such as `signal to noise 10 dB`.
  var name: String {
    if let decibels = condition.signalToNoiseDecibels {
      return "signal to noise \(Self.number(decibels)) dB"
    }
    let gain = condition.gainDecibels
    if gain == 0 { return "as recorded" }
    return "\(Self.number(gain.magnitude)) dB \(gain < 0 ? "softer" : "louder")"
  }

  private static func number(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}
