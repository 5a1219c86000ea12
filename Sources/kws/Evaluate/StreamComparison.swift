// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// Two models on the same whole recordings.
struct StreamComparison {
  /// What one of the models did.
  struct Side {
    /// One element per word.
    var wordsHit: [Bool]
    var falseAlarmCount: Int
  }

  /// The other model.
  var name: String
  var keywords: [String]
  var words: [TruthWord]
  var here: Side
  var there: Side

  /// In which the false alarms were counted.
  var hours: Double

  private func pairs(_ keyword: String? = nil) -> PairedComparison {
    let chosen = words.indices.filter { keyword == nil || words[$0].label == keyword }
    return PairedComparison(
      first: chosen.map { here.wordsHit[$0] }, second: chosen.map { there.wordsHit[$0] })
  }

  private var alarmProbability: Double {
    PairedComparison.evenSplit(here.falseAlarmCount, there.falseAlarmCount)
  }

  var lines: [String] {
    var lines = ["\(name) on the same recordings:"]
    if !words.isEmpty {
      let pairs = pairs()
      lines.append(
        "missed \(here.wordsHit.count { !$0 }) here and \(there.wordsHit.count { !$0 }) there of "
          + "\(words.count) words; hit only here \(pairs.onlyFirstCount), only there "
          + "\(pairs.onlySecondCount): difference \(ComparisonText.difference(pairs))")
    }
    lines.append(
      "false alarms \(here.falseAlarmCount) here and \(there.falseAlarmCount) there in "
        + "\(fixed(hours, decimals: 3)) h: \(ComparisonText.probability(alarmProbability)) (binomial, "
        + "exact, as if they came one by one)")
    return words.isEmpty ? lines : lines + [""] + table.lines
  }

  /// By keyword; looking at all of them, one in twenty has p < 0.05 by chance.
  private var table: Table {
    var table = Table(header: [
      "keyword", "words", "missed here", "there", "hit only here", "only there", "p",
    ])
    for keyword in keywords {
      let pairs = pairs(keyword)
      guard pairs.pairCount > 0 else { continue }
      let own = words.indices.filter { words[$0].label == keyword }
      table.add([
        keyword, "\(pairs.pairCount)", "\(own.count { !here.wordsHit[$0] })",
        "\(own.count { !there.wordsHit[$0] })", "\(pairs.onlyFirstCount)",
        "\(pairs.onlySecondCount)", fixed(pairs.probability, decimals: 4),
      ])
    }
    return table
  }

  var json: String {
    var object = ComparisonText.json(pairs())
    object.add("falseAlarmsHere", here.falseAlarmCount)
    object.add("falseAlarmsThere", there.falseAlarmCount)
    object.add("falseAlarmsP", alarmProbability, decimals: 6)
    return object.text
  }
}
