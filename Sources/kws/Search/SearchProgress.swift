// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Glibc
import Threads

/// Shows how a search goes, on standard error: a line that is rewritten on a terminal, and one line
/// per epoch.
struct SearchProgress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = monotonicSeconds()
  private var lastUpdate = 0.0
  private let firstEpoch: Int
  private let searcher: Searcher

  init(_ searcher: Searcher) {
    self.searcher = searcher
    firstEpoch = searcher.epoch
  }

  private var epochCount: Int { searcher.configuration.totalEpochCount }

  /// After a step of weights.
  mutating func step(batch: Int, loss: Double) {
    let now = monotonicSeconds()
    guard isTerminal, now - lastUpdate > 0.2 else { return }
    lastUpdate = now
    let line =
      "\r\u{1B}[Kepoch \(searcher.epoch + 1)/\(epochCount)  batch \(batch)/"
      + "\(searcher.batchCount)  loss \(fixed(loss, decimals: 3))"
    let bytes = Array(line.utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }

  /// After an epoch.
  func epoch(_ report: SearchEpochReport) {
    let elapsed = monotonicSeconds() - start
    let left = elapsed / Double(report.epoch - firstEpoch) * Double(epochCount - report.epoch)
    var parts = [
      "epoch \(report.epoch)/\(epochCount) \(report.isWarmUp ? "warm-up" : "search")",
      "loss \(fixed(report.loss, decimals: 4))", "training \(percent(report.trainingAccuracy))",
    ]
    if let accuracy = report.heldOutAccuracy { parts.append("held-out \(percent(accuracy))") }
    if let fromReset = report.accuracyFromReset, let inStream = report.accuracyInStream {
      parts.append("entropy \(fixed(report.entropy, decimals: 3))")
      for (index, table) in searcher.tables.enumerated() {
        parts.append(
          "\(table.metric.rawValue) \(table.metric.text(report.expectedCosts[index])) expected, "
            + "\(table.metric.text(report.costs[index])) derived")
      }
      parts.append(
        "validation of derived \(percent(fromReset)) from reset, \(percent(inStream)) in-stream of "
          + "\(report.validationClipCount)")
    }
    parts.append("\(durationText(seconds: left)) left")
    printError((isTerminal ? "\r\u{1B}[K" : "") + parts.joined(separator: "  "))
  }
}

extension CostMetric {
  /// A cost with its unit.
  func text(_ value: Double) -> String {
    switch self {
    case .macs: "\(millions(value)) M"
    case .streamMACs: "\(millions(value)) M/s"
    case .bytes: "\(Int(value.rounded())) B"
    case .latency: "\(fixed(value, decimals: 3)) us"
    }
  }
}
