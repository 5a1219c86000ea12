// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Reports

extension EvaluationPage {
  /// The report on whole recordings.
  ///
  /// - Throws: `AudioError` where a recording that is to be played can no longer be read.
  func streams(_ report: StreamReport) throws -> ReportContent {
    let mistakes = StreamMistakes(report)
    let wordText = report.score.wordCount > 0 ? "\(report.score.wordCount) words and " : ""
    let hours = report.recordings.reduce(0) { $0 + $1.seconds } / 3600
    var sections = [Page.Section("Words and false alarms", summary(report))]
    if let section = Self.tradeoff(report) { sections.append(section) }
    sections.append(
      Page.Section(
        "Scores",
        [
          .figure(
            Page.Figure(
              name: "scores", .histogram(Self.peaks(report)),
              caption:
                "The highest threshold at which a word would still be detected, and at which a "
                + "second without keywords would still give a false alarm. The counts are drawn "
                + "logarithmically."))
        ]))
    if !report.score.hits.isEmpty {
      sections.append(Page.Section("Latency", Self.latency(report)))
    }
    sections += [
      Page.Section("Missed words", try mistakes.missedWords()),
      Page.Section("False alarms", try mistakes.falseAlarms()),
      origin([
        Page.Fact("recordings", "\(report.recordings.count), \(StreamReport.hours(hours))")
      ]),
    ]
    return ReportContent(
      page: Page(
        title: "\(model.name) on \(wordText)\(StreamReport.hours(hours)) of sound",
        subtitle: "Whole recordings, heard through the line of a microphone.",
        sections: sections),
      json: json([
        ("evaluation", report.json),
        ("scores", Self.json(Self.peaks(report), ["words", "rest"])),
        ("missed", mistakes.missesJSON), ("falseAlarms", mistakes.falseAlarmsJSON),
      ]))
  }

  /// The curve over all thresholds; nil without words.
  private static func tradeoff(_ report: StreamReport) -> Page.Section? {
    guard let chart = report.chart, let tradeoff = report.tradeoff else { return nil }
    let isEmpty = chart.series.allSatisfy(\.points.isEmpty)
    return Page.Section(
      "Misses against false alarms",
      [
        isEmpty
          ? .paragraph(
            "No threshold has both misses and false alarms: there is no curve to draw.")
          : .figure(
            Page.Figure(
              name: "det", .chart(chart),
              caption: "Every point is a threshold; the lines are exact intervals of 95 %.")),
        .details(
          summary: "All thresholds", [.table(Page.Table(report.tradeoffTable(tradeoff)))]),
      ])
  }

  private func summary(_ report: StreamReport) -> [Page.Element] {
    var highlights: [Page.Highlight] = []
    if report.score.wordCount > 0 {
      highlights.append(
        Self.highlight(
          "miss rate", report.score.misses.count, of: report.score.wordCount, "words missed"))
    }
    let alarms = PoissonInterval(count: report.alarmCount)
    let hours = report.alarmHours
    let ends = [alarms.low, alarms.high].map { fixed($0 / hours, decimals: 2) }
    highlights.append(
      Page.Highlight(
        fixed(Double(report.alarmCount) / hours, decimals: 2),
        name: report.backgroundHours > 0
          ? "false alarms per hour without keywords" : "false alarms per hour",
        note: "\(report.alarmCount) in \(StreamReport.hours(hours)); 95 % interval "
          + ends.joined(separator: "-") + ", exact"))
    let latencies = report.score.hits.map(\.latency).sorted()
    if let last = latencies.last {
      highlights.append(
        Page.Highlight(
          StreamReport.milliseconds(latencies, 50), name: "median latency",
          note: "p99 \(StreamReport.milliseconds(latencies, 99)), most "
            + "\(fixed(1000 * last, decimals: 0)) ms, from a word's end"))
    }
    return [.highlights(highlights), .table(Page.Table(report.keywordTable))]
  }

  private static func peaks(_ report: StreamReport) -> Histogram {
    scores(
      "Scores of words and of the rest", "highest score",
      [
        ("words", report.peaks.words.map(\.peak)), ("seconds without words", report.peaks.rest),
      ])
  }

  /// Bins of 50 ms.
  private static func latency(_ report: StreamReport) -> [Page.Element] {
    var histogram = Histogram(
      title: "From a word's end to its detection", label: "ms after the end",
      range: -1000...1000, binCount: 40)
    histogram.add("words", report.score.hits.map { 1000 * $0.latency })
    return [
      .figure(
        Page.Figure(
          name: "latency", .histogram(histogram),
          caption:
            "In the time of the recording, by the ends of the words as the truth has them; a "
            + "word may be detected before it ends. What lies outside counts in the nearest bar."))
    ]
  }
}
