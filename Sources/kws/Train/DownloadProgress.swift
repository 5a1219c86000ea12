// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import SpeechDatasets
import Threads

/// Shows how a download goes, on standard error: a line that is rewritten on a terminal, one line
/// per tenth otherwise.
struct DownloadProgress {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let start = monotonicSeconds()
  private var firstByteCount: Int?
  private var lastUpdate = 0.0
  private var lastText = ""

  mutating func show(_ progress: ArchiveDownload.Progress) {
    switch progress {
    case .downloading(let byteCount, let total): showDownload(byteCount, total)
    case .checking: showStep("checking")
    case .extracting: showStep("unpacking")
    }
  }

  /// Ends the line on a terminal.
  func finish() {
    if isTerminal { clearLine() }
  }

  private mutating func showDownload(_ byteCount: Int, _ total: Int?) {
    let now = monotonicSeconds()
    let first = firstByteCount ?? byteCount
    firstByteCount = first
    let rate = Double(byteCount - first) / max(now - start, 1e-3)
    let size = "\(megabytes(byteCount))\(total.map { " of \(megabytes($0))" } ?? "") MB"
    if isTerminal {
      guard now - lastUpdate > 0.2 else { return }
      lastUpdate = now
      let left = total.map { Double($0 - byteCount) / rate } ?? .infinity
      rewrite(
        "downloading \(size)  \(fixed(rate / 1e6, decimals: 1)) MB/s  "
          + "\(durationText(seconds: left)) left")
    } else if let total {
      let tenth = min(byteCount * 10 / max(total, 1), 10)
      show(line: "downloading \(megabytes(total)) MB: \(10 * tenth) %")
    } else {
      show(line: "downloading")
    }
  }

  private mutating func showStep(_ text: String) {
    if isTerminal { rewrite(text) } else { show(line: text) }
  }

  private mutating func show(line: String) {
    if line != lastText { printError(line) }
    lastText = line
  }

  private func rewrite(_ text: String) {
    let bytes = Array("\r\u{1B}[K\(text)".utf8)
    _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
  }

  private func clearLine() { rewrite("") }

  private func megabytes(_ byteCount: Int) -> String { fixed(Double(byteCount) / 1e6, decimals: 1) }
}
