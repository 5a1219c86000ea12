// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat

/// A table of operating points as `calibrate` and `inspect` show it.
struct OperatingPointsText {
  let points: OperatingPoints

  /// In the order of the model.
  let keywords: [String]

  /// False alarms per day for which thresholds are shown.
  static let targets = [0.1, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

  /// The fewest false alarms per day that the table supports for any keyword.
  private var smallestTarget: Double {
    keywords.compactMap { points.smallestTarget(of: $0) }.min() ?? .infinity
  }

  /// The hours and words behind the table, what they support, and the thresholds for round targets.
  var lines: [String] {
    let unsupported = [0.1, 1, 10, 100].filter { $0 < smallestTarget }
    var lines = [
      "calibrated    on \(fixed(points.backgroundHours, decimals: 3)) h without keywords and "
        + "\(points.keywords.values.reduce(0) { $0 + $1.wordCount }) words",
      // Rounded up: what is printed must be supported itself.
      "supports      \(Self.perDay(smallestTarget.rounded(.up))) false alarms per day of a keyword "
        + "and more",
    ]
    if !unsupported.isEmpty {
      lines.append(
        "hours needed  "
          + unsupported.map {
            Self.perDay($0) + " per day: "
              + Self.hours(OperatingPoints.hoursNeeded(falseAlarmsPerDay: $0))
          }.joined(separator: ", ") + ", without a false alarm")
    }
    let unheard = keywords.filter { !heard.contains($0) }
    if !unheard.isEmpty {
      lines.append("without words \(unheard.joined(separator: ", ")): their misses are not known")
    }
    return lines + [""] + table.lines
  }

  /// One JSON object: every threshold of every keyword; rates per day, intervals of 95 %.
  var json: String {
    var object = JSONLine()
    object.add("backgroundHours", points.backgroundHours, decimals: 4)
    object.add("recordingsDigest", points.recordingsDigest)
    var curves = JSONLine()
    for keyword in keywords {
      curves.add(
        keyword,
        json: JSONLine.array(points.choices(of: keyword).map(Self.entry)))
    }
    object.add("keywords", json: curves.text)
    return object.text
  }

  private static func entry(_ choice: OperatingChoice) -> String {
    func pair(_ low: Double, _ high: Double) -> String {
      JSONLine.array([fixed(low, decimals: 4), fixed(high, decimals: 4)])
    }
    var entry = JSONLine()
    entry.add("threshold", Double(choice.threshold), decimals: 4)
    entry.add("falseAlarms", choice.falseAlarmCount)
    let alarms = choice.falseAlarmsPerDayInterval
    entry.add("falseAlarmsPerDayInterval", json: pair(alarms.low, alarms.high))
    entry.add("misses", choice.missCount)
    entry.add("words", choice.wordCount)
    entry.add("confusions", choice.confusionCount)
    if let misses = choice.missInterval {
      entry.add("missRateInterval", json: pair(misses.low, misses.high))
    }
    return entry.text
  }

  /// Keywords with words to miss.
  private var heard: [String] {
    keywords.filter { (points.keywords[$0]?.wordCount ?? 0) > 0 }
  }

  private var table: Table {
    var table = Table(header: [
      "keyword", "target", "threshold", "false alarms", "per day", "interval", "missed", "words",
      "miss rate", "interval", "confused",
    ])
    for keyword in heard {
      for target in Self.targets {
        guard let choice = points.choice(of: keyword, falseAlarmsPerDay: target), choice.isProven
        else { continue }
        table.add([keyword, Self.perDay(target)] + Self.cells(choice))
      }
    }
    return table
  }

  private static func cells(_ choice: OperatingChoice) -> [String] {
    let alarms = choice.falseAlarmsPerDayInterval
    return [
      thresholdText(choice.threshold), "\(choice.falseAlarmCount)",
      perDay(choice.falseAlarmsPerDay), "\(perDay(alarms.low))-\(perDay(alarms.high))",
      "\(choice.missCount)", "\(choice.wordCount)",
      choice.wordCount == 0
        ? "-" : percent(Double(choice.missCount) / Double(choice.wordCount)),
      choice.missInterval.map {
        "\(fixed(100 * $0.low, decimals: 1))-\(fixed(100 * $0.high, decimals: 1))"
      } ?? "-", "\(choice.confusionCount)",
    ]
  }

  /// A threshold with as many decimals as it takes to tell it from its neighbours.
  static func thresholdText(_ threshold: Float) -> String {
    fixed(Double(threshold), decimals: threshold > 0.999 && threshold < 1 ? 4 : 3)
  }

  /// A number of false alarms per day, with decimals only where they tell something.
  static func perDay(_ rate: Double) -> String {
    if rate == rate.rounded() || rate >= 99.5 { return fixed(rate, decimals: 0) }
    return fixed(rate, decimals: rate >= 9.95 ? 1 : 2)
  }

  static func hours(_ hours: Double) -> String {
    fixed(hours, decimals: hours >= 9.95 ? 0 : 1) + " h"
  }
}
