// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat
import Reports
import Training

/// What the searches of a sweep found: accuracy against multiply-accumulates and bytes, with the
/// networks that no other beats.
struct SweepPage {
  /// One search's network after its training.
  struct Point: Codable, Equatable {
    var name: String

    /// Multiply-accumulates per window.
    var macs: Double

    /// Bytes that inference needs at 8 bits per weight.
    var bytes: Double

    /// Validation clips from reset.
    var correct: Int
    var total: Int

    var accuracy: Double { Double(correct) / Double(max(total, 1)) }

    init(
      name: String, _ training: SearchedTraining.Result, framesPerSecond: Double
    ) throws {
      let architecture = training.checkpoint.architecture
      self.name = name
      macs = try architecture.costs(framesPerSecond: framesPerSecond)
        .reduce(0) { $0 + Double($1.macPerWindow) }
      bytes = Double(try architecture.byteCount())
      correct = training.validation.correctFromReset
      total = training.validation.clipCount
    }
  }

  let points: [Point]
  let command: String

  /// The points that no other is as accurate as at less of `cost`, cheapest first.
  static func front(_ points: [Point], _ cost: (Point) -> Double) -> [Point] {
    var best = -1.0
    return points.sorted { (cost($0), -$0.accuracy) < (cost($1), -$1.accuracy) }.filter { point in
      defer { best = max(best, point.accuracy) }
      return point.accuracy > best
    }
  }

  func page() -> Page {
    Page(
      title: "Sweep of searches", subtitle: "\(points.count) networks",
      sections: [
        Page.Section(
          "Pareto front",
          [
            chart("macs", "multiply-accumulates per window", \.macs, \.macs),
            chart("bytes", "bytes at 8 bits per weight", \.bytes, \.parameterCount),
            .paragraph(
              "Published networks are marked as other people's data: trained longer, on other clips, "
                + "and tested on the data set's test clips, those named (v1) on version 1; their bytes "
                + "are their parameters."),
          ]),
        Page.Section(
          "Networks",
          [
            .table(
              Page.Table(
                header: ["search", "validation", "95 % interval", "M MAC", "bytes"],
                rows: points.sorted { $0.macs < $1.macs }.map { point in
                  let interval = WilsonInterval(correct: point.correct, total: point.total)
                  return [
                    .text(point.name), .number(percent(point.accuracy)),
                    .number(
                      "\(fixed(100 * interval.low, decimals: 2))-"
                        + "\(fixed(100 * interval.high, decimals: 2))"),
                    .number(millions(point.macs)), .number("\(Int(point.bytes))"),
                  ]
                }))
          ]),
        Page.Section("Command", [.code(command)]),
      ])
  }

  private func chart(
    _ name: String, _ label: String, _ cost: (Point) -> Double,
    _ reference: (ReferenceNetwork) -> Double
  ) -> Page.Element {
    let front = Self.front(points, cost)
    let own = points.map { point in
      let interval = WilsonInterval(correct: point.correct, total: point.total)
      return Chart.Point(
        x: cost(point), y: 100 * point.accuracy,
        interval: 100 * interval.low...100 * interval.high)
    }
    let series = [
      Chart.Series(name: "found here, validation", points: own, isLine: false),
      Chart.Series(
        name: "front",
        points: front.map { Chart.Point(x: cost($0), y: 100 * $0.accuracy, label: $0.name) }),
      Chart.Series(
        name: "published (other data)",
        points: ReferenceNetwork.all.map {
          Chart.Point(
            x: reference($0), y: $0.accuracy, label: $0.name + ($0.isVersion1 ? " (v1)" : ""))
        }, isLine: false),
    ]
    return .figure(
      Page.Figure(
        name: "front-\(name)",
        .chart(
          Chart(
            title: "Accuracy against \(name)",
            x: Chart.Axis(label: label, scale: .logarithmic), y: Chart.Axis(label: "% right"),
            series: series.filter { !$0.points.isEmpty }))))
  }
}
