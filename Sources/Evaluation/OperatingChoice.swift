// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// The threshold of one keyword for a number of false alarms per day, and what is known of it.
package struct OperatingChoice: Equatable, Sendable {
  package var threshold: Float

  /// Whether the hours behind the table support the target: with 97.5 % confidence the keyword rings at
  /// most so often in sound like that of the calibration.
  package var isProven: Bool

  package var falseAlarmCount: Int

  /// Of its words as if it were the only keyword; others can come first and make it miss more.
  package var missCount: Int

  /// Detections among the words that count for none of its own.
  package var confusionCount: Int

  package var wordCount: Int

  /// Hours without keywords behind the count.
  package var backgroundHours: Double

  /// False alarms per day as they were counted.
  package var falseAlarmsPerDay: Double { Double(falseAlarmCount) * 24 / backgroundHours }

  /// What the false alarms per day may be: the exact 95 % interval of the count.
  package var falseAlarmsPerDayInterval: (low: Double, high: Double) {
    let interval = PoissonInterval(count: falseAlarmCount)
    return (interval.low * 24 / backgroundHours, interval.high * 24 / backgroundHours)
  }

  /// What part of the words may be missed; nil where none was spoken.
  package var missInterval: ClopperPearsonInterval? {
    wordCount == 0 ? nil : ClopperPearsonInterval(count: missCount, total: wordCount)
  }
}

extension OperatingPoints {
  /// What is known of `keyword` at each threshold, from the lowest to the highest; empty for a word that
  /// is not in the table. `isProven` is false throughout: no target is asked for.
  package func choices(of keyword: String) -> [OperatingChoice] {
    guard let curve = keywords[keyword] else { return [] }
    return thresholds.indices.map { index in
      OperatingChoice(
        threshold: thresholds[index], isProven: false,
        falseAlarmCount: curve.falseAlarmCounts[index], missCount: curve.missCounts[index],
        confusionCount: curve.confusionCounts[index], wordCount: curve.wordCount,
        backgroundHours: backgroundHours)
    }
  }

  /// The threshold of `keyword` for at most `target` false alarms per day; nil for a word that is not
  /// in the table.
  ///
  /// From the highest threshold down as long as the upper end of the interval keeps to the target, every
  /// threshold is proven. Since the search stops at the first that fails, its confidence is that of one
  /// test, however many thresholds there are (tests in a fixed order: Maurer, Hothorn, Lehmacher, 1995).
  /// Of these it is the one with the fewest errors among words, misses and confusions, of equals the
  /// highest: a keyword that also fires at another's words takes them from it. Where already the highest
  /// threshold fails, the same by the rate that was counted is not proven.
  ///
  /// - Parameter own: The model's own threshold. Where no word of the keyword was heard, errors say
  ///   nothing, and the lowest threshold that holds and is not below it is taken.
  package func choice(
    of keyword: String, falseAlarmsPerDay target: Double, own: Float = 0.5
  ) -> OperatingChoice? {
    let falling = Array(choices(of: keyword).reversed())
    let isHeard = keywords[keyword].map { $0.wordCount > 0 } ?? false
    func best(_ holds: (OperatingChoice) -> Bool) -> OperatingChoice? {
      let held = falling.prefix(while: holds)
      guard isHeard else { return held.last { $0.threshold >= own } }
      // The first of equals.
      return held.min {
        $0.missCount + $0.confusionCount < $1.missCount + $1.confusionCount
      }
    }
    if var proven = best({ $0.falseAlarmsPerDayInterval.high <= target }) {
      proven.isProven = true
      return proven
    }
    return best { $0.falseAlarmsPerDay <= target } ?? falling.first
  }

  /// The fewest false alarms per day that the table supports for `keyword`: what its highest threshold
  /// may cost.
  package func smallestTarget(of keyword: String) -> Double? {
    choices(of: keyword).last?.falseAlarmsPerDayInterval.high
  }

  /// Hours without a false alarm that it takes to support `target` false alarms per day.
  package static func hoursNeeded(falseAlarmsPerDay target: Double) -> Double {
    PoissonInterval.timeToClaim(rate: target / 24)
  }
}
