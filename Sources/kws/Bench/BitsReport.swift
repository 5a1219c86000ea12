// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Reports
import Training

/// Accuracy against bits, as a table and as a chart.
struct BitsReport {
  let network: String

  /// The network in real numbers.
  var float: BitsJudge.Accuracy?

  private var rows: [(method: String, bitCount: Int, accuracy: BitsJudge.Accuracy)] = []

  init(network: String) { self.network = network }

  mutating func add(_ method: String, _ bitCount: Int, _ accuracy: BitsJudge.Accuracy) {
    rows.append((method, bitCount, accuracy))
  }

  var table: Table {
    var table = Table(header: [
      "method", "bits", "bytes", "validation", "in-stream", "recordings", "in-stream", "interval",
    ])
    if let float { table.add(Self.row("float", nil, float)) }
    for row in rows { table.add(Self.row(row.method, row.bitCount, row.accuracy)) }
    return table
  }

  private static func row(
    _ method: String, _ bitCount: Int?, _ accuracy: BitsJudge.Accuracy
  ) -> [String] {
    let recordings = accuracy.recordings
    let interval = recordings.fromReset.interval
    return [
      method, bitCount.map { "\($0)" } ?? "-", accuracy.byteCount.map { "\($0)" } ?? "-",
      percent(accuracy.validation.accuracyFromReset),
      percent(accuracy.validation.accuracyInStream), percent(recordings.fromReset.accuracy),
      percent(recordings.inStream.accuracy),
      "\(fixed(100 * interval.low, decimals: 2))-\(fixed(100 * interval.high, decimals: 2))",
    ]
  }

  /// Accuracy on the validation clips from reset, and on recordings.
  var chart: Chart {
    var series: [Chart.Series] = []
    for (method, name) in [("qat", "qat"), ("ptq", "ptq"), ("paper's rounding", "paper's")] {
      let own = rows.filter { $0.method == method }
      series.append(
        Chart.Series(
          name: "\(name), validation",
          points: own.map {
            let report = $0.accuracy.validation
            let interval = WilsonInterval(
              correct: report.correctFromReset, total: report.clipCount)
            return Chart.Point(
              x: Double($0.bitCount), y: 100 * report.accuracyFromReset,
              interval: 100 * interval.low...100 * interval.high)
          }))
      series.append(
        Chart.Series(
          name: "\(name), recordings",
          points: own.map {
            Chart.Point(
              x: Double($0.bitCount), y: 100 * $0.accuracy.recordings.fromReset.accuracy)
          }, isDashed: true))
    }
    if let float {
      let ends = [rows.map(\.bitCount).min() ?? 1, rows.map(\.bitCount).max() ?? 8]
      series.append(
        Chart.Series(
          name: "float, validation",
          points: ends.map {
            Chart.Point(x: Double($0), y: 100 * float.validation.accuracyFromReset)
          }))
    }
    return Chart(
      title: "\(network): accuracy against bits per weight",
      x: Chart.Axis(
        label: "bits per weight", scale: .logarithmic, range: 1...8,
        ticks: Set(rows.map(\.bitCount)).sorted().map(Double.init)),
      // What lies below is of no use, whatever it is.
      y: Chart.Axis(label: "clips decided right, %", range: 80...98), series: series)
  }
}
