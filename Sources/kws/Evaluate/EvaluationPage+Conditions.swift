// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Reports

extension EvaluationPage {
  /// The report on the same clips under several conditions.
  func conditions(_ report: ConditionReport) -> ReportContent {
    let clipCount = report.scores.first?.confusion.clipCount ?? 0
    let start = report.start == .inStream ? "in-stream" : "from reset"
    var elements: [Page.Element] = []
    if let own = report.scores.first?.confusion {
      elements.append(
        .highlights([
          Self.highlight(
            "as recorded, \(start)", own.correctCount, of: own.clipCount, "clips right")
        ]))
    }
    for chart in Self.charts(report) {
      elements.append(
        .figure(
          Page.Figure(
            name: chart.name, .chart(chart.chart), caption: "The lines are exact intervals of 95 %."
          )))
    }
    elements.append(.table(Page.Table(report.table)))
    let page = Page(
      title: "\(model.name) on \(clipCount) clips under \(report.scores.count) conditions",
      subtitle: "The same clips as they are, under noise, and at other levels.",
      sections: [
        Page.Section("Accuracy", elements),
        origin([
          Page.Fact("clips", "\(clipCount) in \(report.path)"),
          Page.Fact("start of every clip", start),
        ]),
      ])
    return ReportContent(
      page: page,
      json: json([
        ("clips", JSONLine.quoted(report.path)), ("start", JSONLine.quoted(start)),
        ("evaluation", report.json),
      ]))
  }

  /// Accuracy over the ratio to noise and over the level, where there are two values of it.
  private static func charts(_ report: ConditionReport) -> [(name: String, chart: Chart)] {
    let noisy = report.scores.filter { $0.condition.signalToNoiseDecibels != nil }
    let levels = report.scores.filter { $0.condition.signalToNoiseDecibels == nil }
    var charts: [(name: String, chart: Chart)] = []
    if noisy.count > 1 {
      charts.append(
        (
          "noise",
          chart("Clips under noise decided right", "signal to noise, dB", noisy) {
            $0.signalToNoiseDecibels ?? 0
          }
        ))
    }
    if levels.count > 1 {
      charts.append(
        (
          "levels",
          chart("Clips at other levels decided right", "gain, dB", levels) { $0.gainDecibels }
        ))
    }
    return charts
  }

  private static func chart(
    _ title: String, _ label: String, _ scores: [ConditionScore], _ x: (ClipCondition) -> Double
  ) -> Chart {
    let points = scores.map { score in
      let interval = score.confusion.exactInterval
      return Chart.Point(
        x: x(score.condition), y: 100 * score.confusion.accuracy,
        interval: 100 * interval.low...100 * interval.high)
    }
    return Chart(
      title: title, x: Chart.Axis(label: label),
      y: Chart.Axis(label: "clips decided right, %"),
      series: [Chart.Series(name: "accuracy", points: points.sorted { $0.x < $1.x })])
  }
}
