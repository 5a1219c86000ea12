// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat

/// All keywords at once, each at its threshold for a target: what one fires at, another misses, which the
/// table of operating points, that counts each alone, cannot tell.
struct JointOperation {
  let points: OperatingPoints
  let keywords: [String]
  let streams: [(trace: PosteriorTrace, truth: [TruthWord])]

  /// A row per target that every keyword supports.
  var lines: [String] {
    var table = Table(header: [
      "all at once, target", "missed", "words", "miss rate", "interval", "confused",
    ])
    for target in OperatingPointsText.targets {
      guard let thresholds = thresholds(target) else { continue }
      let score = streams.reduce(StreamScore()) { sum, stream in
        sum
          + StreamScore(
            detections: stream.trace.detections(thresholds: thresholds), truth: stream.truth,
            keywords: Set(keywords))
      }
      let interval = ClopperPearsonInterval(
        count: score.misses.count, total: score.wordCount)
      table.add([
        OperatingPointsText.perDay(target), "\(score.misses.count)", "\(score.wordCount)",
        percent(score.missRate),
        "\(fixed(100 * interval.low, decimals: 1))-\(fixed(100 * interval.high, decimals: 1))",
        "\(score.falseAlarms.count)",
      ])
    }
    return table.lines.count > 1
      ? table.lines : ["no target up to 1000 per day is supported for all keywords at once"]
  }

  private func thresholds(_ target: Double) -> [String: Float]? {
    var thresholds: [String: Float] = [:]
    // The others keep the model's own.
    for keyword in keywords where (points.keywords[keyword]?.wordCount ?? 0) > 0 {
      guard let choice = points.choice(of: keyword, falseAlarmsPerDay: target), choice.isProven
      else { return nil }
      thresholds[keyword] = choice.threshold
    }
    return thresholds
  }
}
