// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Reports

/// How a model did on whole recordings.
struct StreamReport {
  let keywords: [String]
  let score: StreamScore
  let streamHours: Double

  /// What was detected where no keyword is spoken.
  let backgroundAlarms: [ScoredDetection]
  let backgroundHours: Double
  let tradeoff: DetectionErrorTradeoff?

  /// Fewest words of a signal-to-noise ratio that is shown.
  var minimumCount = 10

  /// What another model did with the same recordings.
  private(set) var comparison: StreamComparison?

  /// Adds what `other` did with the same recordings and keywords.
  mutating func compare(with other: StreamReport, named name: String) {
    comparison = StreamComparison(
      name: name, keywords: keywords, words: score.words,
      here: StreamComparison.Side(
        wordsHit: score.wordsHit, falseAlarmCount: alarmCount),
      there: StreamComparison.Side(
        wordsHit: other.score.wordsHit, falseAlarmCount: other.alarmCount),
      hours: alarmHours)
  }

  /// What was heard, and what went wrong in it.
  let recordings: [HeardRecording]
  let peaks: ScorePeaks

  /// Hours without keywords, those of the background alone where there is any: words and the speech
  /// around them are not what a microphone hears all day.
  var alarmHours: Double { backgroundHours > 0 ? backgroundHours : streamHours }
  var alarmCount: Int {
    backgroundHours > 0 ? backgroundAlarms.count : score.falseAlarms.count
  }

  var lines: [String] {
    var lines: [String] = []
    if score.wordCount > 0 {
      lines.append(
        "words: \(score.wordCount), \(score.hits.count) hit, \(score.misses.count) missed: miss rate "
          + Self.rate(score.misses.count, score.wordCount))
      lines.append(
        "false alarms there: \(score.falseAlarms.count) in \(Self.hours(streamHours)), and "
          + "\(score.duplicateCount) further detections of words that were hit")
      let latencies = score.hits.map(\.latency).sorted()
      if let last = latencies.last {
        lines.append(
          "from a word's end to its detection: p50 \(Self.milliseconds(latencies, 50)), p90 "
            + "\(Self.milliseconds(latencies, 90)), p99 \(Self.milliseconds(latencies, 99)), most "
            + "\(fixed(1000 * last, decimals: 0)) ms")
      }
    }
    if backgroundHours > 0 {
      lines.append(
        "false alarms without keywords: \(backgroundAlarms.count) in \(Self.hours(backgroundHours)): "
          + Self.perHour(backgroundAlarms.count, backgroundHours))
    }
    lines.append(
      "to claim at most 1 false alarm per hour takes 3.7 h without any, 0.1 per hour takes 37 h")
    lines += [""] + keywordTable.lines
    if !noiseGroups.isEmpty { lines += [""] + noiseTable.lines }
    if let comparison { lines += [""] + comparison.lines }
    if let tradeoff { lines += [""] + tradeoffTable(tradeoff).lines }
    return lines
  }

  var keywordTable: Table {
    var table = Table(header: ["keyword", "words", "hit", "missed", "miss rate", "false alarms"])
    for keyword in keywords {
      let hits = score.hits.count { $0.word.label == keyword }
      let misses = score.misses.count { $0.label == keyword }
      let alarms = (score.falseAlarms + backgroundAlarms).count { $0.label == keyword }
      table.add([
        keyword, "\(hits + misses)", "\(hits)", "\(misses)",
        hits + misses == 0 ? "-" : percent(Double(misses) / Double(hits + misses)), "\(alarms)",
      ])
    }
    return table
  }

  /// Decibels of a group of words by their signal-to-noise ratio.
  private static let noiseStep = 5

  /// Words by the lower end of their signal-to-noise ratio, the worst first.
  private var noiseGroups: [GroupScore<Int>] {
    GroupScore.worst(
      GroupScore.groups(
        zip(score.words, score.wordsHit).map { word, isHit in
          let step = word.signalToNoiseDecibels.map {
            // A truth file may hold any number.
            (min(max($0, -200), 200) / Double(Self.noiseStep)).rounded(.down)
          }
          return (step.map { Int($0) * Self.noiseStep }, isHit)
        }), minimumCount: minimumCount)
  }

  private var noiseTable: Table {
    var table = Table(header: [
      "signal to noise, worst first", "words", "missed", "miss rate", "interval",
    ])
    let groups = noiseGroups
    for group in groups {
      let misses = group.totalCount - group.correctCount
      let interval = ClopperPearsonInterval(
        count: misses, total: group.totalCount, oneOf: groups.count)
      table.add([
        "\(group.key) to \(group.key + Self.noiseStep) dB", "\(group.totalCount)", "\(misses)",
        percent(1 - group.rate),
        "\(fixed(100 * interval.low, decimals: 1))-\(fixed(100 * interval.high, decimals: 1))",
      ])
    }
    return table
  }

  /// One row per threshold that is better than its neighbours in something.
  func tradeoffTable(_ tradeoff: DetectionErrorTradeoff) -> Table {
    var table = Table(header: [
      "threshold", "miss rate", "interval", "false alarms per hour", "interval",
    ])
    for point in tradeoff.points {
      let count = alarmCount(point)
      let misses = ClopperPearsonInterval(
        count: point.score.misses.count, total: point.score.wordCount)
      let alarms = PoissonInterval(count: count)
      table.add([
        fixed(Double(point.threshold), decimals: 3), percent(point.score.missRate),
        "\(fixed(100 * misses.low, decimals: 2))-\(fixed(100 * misses.high, decimals: 2))",
        fixed(Double(count) / alarmHours, decimals: 2),
        "\(fixed(alarms.low / alarmHours, decimals: 2))-\(fixed(alarms.high / alarmHours, decimals: 2))",
      ])
    }
    return table
  }

  func alarmCount(_ point: DetectionErrorTradeoff.Point) -> Int {
    backgroundHours > 0 ? point.backgroundAlarmCount : point.score.falseAlarms.count
  }

  /// Misses against false alarms, both on logarithmic axes; what never happened is not drawn.
  var chart: Chart? {
    guard let tradeoff else { return nil }
    let points = tradeoff.points.filter { alarmCount($0) > 0 && !$0.score.misses.isEmpty }
    return Chart(
      title: "Misses against false alarms over all thresholds",
      x: Chart.Axis(label: "false alarms per hour", scale: .logarithmic),
      y: Chart.Axis(label: "miss rate, %", scale: .logarithmic),
      series: [
        Chart.Series(
          name: "\(score.wordCount) words, \(Self.hours(alarmHours))",
          points: points.map { point in
            let interval = ClopperPearsonInterval(
              count: point.score.misses.count, total: point.score.wordCount)
            return Chart.Point(
              x: Double(alarmCount(point)) / alarmHours, y: 100 * point.score.missRate,
              interval: 100 * interval.low...100 * interval.high,
              label: fixed(Double(point.threshold), decimals: 2))
          })
      ])
  }

  /// One JSON object; seconds, hours, rates per hour, intervals of 95 %.
  var json: String {
    var object = JSONLine()
    object.add("words", score.wordCount)
    object.add("hits", score.hits.count)
    object.add("misses", score.misses.count)
    object.add("duplicates", score.duplicateCount)
    let misses = ClopperPearsonInterval(count: score.misses.count, total: score.wordCount)
    object.add("missRateInterval", json: JSONLine.interval(misses.low, misses.high))
    object.add("streamHours", streamHours, decimals: 4)
    object.add("streamFalseAlarms", score.falseAlarms.count)
    object.add("backgroundHours", backgroundHours, decimals: 4)
    object.add("backgroundFalseAlarms", backgroundAlarms.count)
    let alarms = PoissonInterval(count: alarmCount)
    object.add(
      "falseAlarmsPerHourInterval",
      json: JSONLine.interval(alarms.low / alarmHours, alarms.high / alarmHours))
    object.add(
      "latencies",
      json: JSONLine.array(score.hits.map { fixed($0.latency, decimals: 3) }))
    object.add(
      "tradeoff",
      json: JSONLine.array(
        (tradeoff?.points ?? []).map { point in
          var entry = JSONLine()
          entry.add("threshold", Double(point.threshold), decimals: 3)
          entry.add("misses", point.score.misses.count)
          entry.add("falseAlarms", alarmCount(point))
          return entry.text
        }))
    if !noiseGroups.isEmpty {
      object.add(
        "signalToNoise",
        json: JSONLine.array(
          noiseGroups.map { group in
            var entry = JSONLine()
            entry.add("decibels", group.key)
            entry.add("words", group.totalCount)
            entry.add("misses", group.totalCount - group.correctCount)
            return entry.text
          }))
    }
    if let comparison { object.add("comparison", json: comparison.json) }
    return object.text
  }

  static func hours(_ hours: Double) -> String { "\(fixed(hours, decimals: 3)) h" }

  static func milliseconds(_ sorted: [Double], _ percentile: Int) -> String {
    "\(fixed(1000 * sorted[(sorted.count - 1) * percentile / 100], decimals: 0)) ms"
  }

  static func rate(_ count: Int, _ total: Int) -> String {
    let interval = ClopperPearsonInterval(count: count, total: total)
    return "\(percent(Double(count) / Double(total))) (95 % interval "
      + "\(fixed(100 * interval.low, decimals: 2))-\(fixed(100 * interval.high, decimals: 2)), exact)"
  }

  static func perHour(_ count: Int, _ hours: Double) -> String {
    let interval = PoissonInterval(count: count)
    return "\(fixed(Double(count) / hours, decimals: 2)) per hour (95 % interval "
      + "\(fixed(interval.low / hours, decimals: 2))-\(fixed(interval.high / hours, decimals: 2)), exact)"
  }
}
