// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Threads

/// The metrics as a file for a collector of text files, replaced as a whole every 15 seconds and
/// removed at the end.
///
/// Not synced to the disk: after a crash of the system its content is worth nothing.
final class TextfileOutput: OutputSink, @unchecked Sendable {
  private static let intervalSeconds = 15.0

  let kind = OutputKind.metricsTextfile

  private let path: String
  private let metrics: ListenerMetrics
  private let report: (OutputReport) -> Void
  private var nextTime: Double
  private var isFailing = false

  /// Writes the file for the first time.
  init(
    path: String, metrics: ListenerMetrics, report: @escaping @Sendable (OutputReport) -> Void
  ) throws(ListenerError) {
    self.path = path
    self.metrics = metrics
    self.report = report
    nextTime = monotonicSeconds() + Self.intervalSeconds
    try write()
  }

  var isReady: Bool { true }
  var isIdle: Bool { true }

  func wait() -> OutputWait { OutputWait(deadline: nextTime) }

  func serve(_ ready: [DescriptorWait]) {
    guard monotonicSeconds() >= nextTime else { return }
    nextTime = monotonicSeconds() + Self.intervalSeconds
    do throws(ListenerError) {
      try write()
      metrics.output(kind).delivered.add()
      if isFailing {
        isFailing = false
        report(OutputReport(output: kind, fact: .failureEnded(path: path, lostCount: 0)))
      }
    } catch {
      metrics.output(kind).failed.add()
      guard !isFailing, case .system(_, let operation, let code) = error else { return }
      isFailing = true
      report(
        OutputReport(
          output: kind, fact: .failureBegan(path: path, operation: operation, code: code)))
    }
  }

  func take(_ event: ListenerEvent) {}
  func finish(by deadline: Double) {}
  func close() { unsafe unlink(path) }

  private func write() throws(ListenerError) {
    // Collectors read names that end in .prom; this one does not.
    let partial = "\(path).partial-\(getpid())"
    let descriptor = unsafe open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(path: path, operation: "create", code: errno) }
    let bytes = Array(metrics.text.utf8)
    let count = unsafe Glibc.write(descriptor, bytes, bytes.count)
    let code = count < 0 ? errno : ENOSPC
    Glibc.close(descriptor)
    guard count == bytes.count else {
      unsafe unlink(partial)
      throw .system(path: path, operation: "write", code: code)
    }
    guard unsafe rename(partial, path) == 0 else {
      let code = errno
      unsafe unlink(partial)
      throw .system(path: path, operation: "rename", code: code)
    }
  }
}
