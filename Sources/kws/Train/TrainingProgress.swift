// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Threads
import Training

/// Shows how a training run goes, on standard error: a line that is rewritten on a terminal, one
/// line per epoch otherwise.
struct TrainingProgress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = monotonicSeconds()
  private var lastUpdate = 0.0

  /// Epochs done when this process started, for the remaining time.
  private let firstEpoch: Int
  private let epochCount: Int
  private let batchCount: Int
  private let clipCount: Int

  /// `clipCount` and `batchCount` are of one epoch.
  init(firstEpoch: Int, epochCount: Int, batchCount: Int, clipCount: Int) {
    self.firstEpoch = firstEpoch
    self.epochCount = epochCount
    self.batchCount = batchCount
    self.clipCount = clipCount
  }

  /// After a step of epoch `epoch` (from 0).
  mutating func step(epoch: Int, batch: Int, loss: Double) {
    let now = monotonicSeconds()
    guard isTerminal, now - lastUpdate > 0.2 else { return }
    lastUpdate = now
    let done = Double(epoch - firstEpoch) + Double(batch) / Double(batchCount)
    let remaining = (now - start) / done * (Double(epochCount - firstEpoch) - done)
    let rate = done * Double(clipCount) / (now - start)
    let line =
      "\r\u{1B}[Kepoch \(epoch + 1)/\(epochCount)  batch \(batch)/\(batchCount)  loss "
      + "\(fixed(loss, decimals: 3))  \(fixed(rate, decimals: 0)) clips/s  "
      + "\(durationText(seconds: remaining)) left"
    let bytes = Array(line.utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }

  /// After an epoch with its validation.
  func epoch(_ report: EpochReport) {
    let elapsed = monotonicSeconds() - start
    let left = elapsed / Double(report.epoch - firstEpoch) * Double(epochCount - report.epoch)
    let validation = report.validation
    printError(
      (isTerminal ? "\r\u{1B}[K" : "")
        + "epoch \(report.epoch)/\(epochCount)  loss \(fixed(report.loss, decimals: 4))  "
        + "training \(percent(report.trainingAccuracy))  validation "
        + "\(percent(validation.accuracyFromReset)) from reset, "
        + "\(percent(validation.accuracyInStream)) in-stream of \(validation.clipCount)  "
        + "\(fixed(report.clipsPerSecond, decimals: 0)) clips/s  "
        + "\(durationText(seconds: left)) left")
  }
}

/// Such as `95.12 %`.
func percent(_ part: Double) -> String { fixed(100 * part, decimals: 2) + " %" }
