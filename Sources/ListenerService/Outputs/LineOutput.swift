// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import KeywordSpotting
import Threads

/// Standard output or a log file: one whole line per event.
///
/// A line that cannot be written waits and is tried again every second, whole; meanwhile events
/// fill the queue and are then dropped. A FIFO without a reader loses its events instead: who comes
/// later wants what happens then.
final class LineOutput: OutputSink, @unchecked Sendable {
  /// Seconds between two tries.
  private static let retrySeconds = 1.0

  let kind: OutputKind

  private var file: LineFile
  private var format: EventFormat
  private let metrics: OutputMetrics
  private let report: (OutputReport) -> Void

  /// The line that is being written, empty where none is.
  private var line: [UInt8] = []
  private var writtenCount = 0
  private var waitsForRoom = false
  private var retryTime: Double?
  private var isFailing = false
  private var lostCount = 0
  private var hasNoReader = false

  init(
    _ file: LineFile, kind: OutputKind, format: EventFormat, metrics: ListenerMetrics,
    report: @escaping @Sendable (OutputReport) -> Void
  ) {
    self.file = file
    self.kind = kind
    self.format = format
    self.metrics = metrics.output(kind)
    self.report = report
  }

  var isReady: Bool { line.isEmpty }
  var isIdle: Bool { line.isEmpty }

  func wait() -> OutputWait {
    var wait = OutputWait(deadline: retryTime)
    guard file.descriptor >= 0, !hasNoReader, waitsForRoom || file.noticesReader else {
      return wait
    }
    wait.descriptors = [DescriptorWait(descriptor: file.descriptor, writes: waitsForRoom)]
    return wait
  }

  func serve(_ ready: [DescriptorWait]) {
    if ready.contains(where: { $0.descriptor == file.descriptor && $0.hasEnded }) {
      waitsForRoom = false
      return readerHasGone()
    }
    if ready.contains(where: { $0.descriptor == file.descriptor && $0.writes }) {
      waitsForRoom = false
      flush()
    }
    if let retryTime, monotonicSeconds() >= retryTime {
      self.retryTime = nil
      flush()
    }
  }

  func take(_ event: ListenerEvent) {
    guard !event.detection.isNearMiss || format != .name else { return }
    guard !hasNoReader else { return lose() }
    line = Array(event.line(format).utf8) + [UInt8(ascii: "\n")]
    writtenCount = 0
    flush()
  }

  /// Goes on in `format`.
  func change(format: EventFormat) { self.format = format }

  /// Goes on in another file, or in the same that was opened anew.
  func change(file: LineFile, format: EventFormat) {
    self.file.close()
    self.file = file
    self.format = format
    writtenCount = 0
    waitsForRoom = false
    retryTime = nil
    flush()
  }

  func finish(by deadline: Double) {}

  func close() {
    if !line.isEmpty { lose() }
    file.close()
  }

  /// Writes what is left of the line, as far as the file takes it.
  private func flush() {
    while !line.isEmpty, !waitsForRoom, retryTime == nil {
      switch file.write(line[writtenCount...]) {
      case .wrote(let count):
        writtenCount += count
        guard writtenCount == line.count else { continue }
        line = []
        metrics.delivered.add()
        recover()
      case .full: waitsForRoom = true
      case .noReader: readerHasGone()
      case .failed(let operation, let code): fail(operation, code)
      }
    }
  }

  private func readerHasGone() {
    if kind == .standardOutput {
      guard !hasNoReader else { return }
      hasNoReader = true
      report(OutputReport(output: kind, fact: .readerGone))
    } else {
      file.closeUntilReader()
      begin("open", ENXIO)
    }
    if !line.isEmpty { lose() }
  }

  private func fail(_ operation: String, _ code: Int32) {
    if writtenCount > 0, !file.takeBack(writtenCount), line.first != UInt8(ascii: "\n") {
      // What stands there stays, so the torn line has to end before the whole one.
      line.insert(UInt8(ascii: "\n"), at: 0)
    }
    writtenCount = 0
    retryTime = monotonicSeconds() + Self.retrySeconds
    begin(operation, code)
  }

  private func begin(_ operation: String, _ code: Int32) {
    guard !isFailing else { return }
    isFailing = true
    metrics.failed.add()
    report(
      OutputReport(
        output: kind, fact: .failureBegan(path: file.path, operation: operation, code: code)))
  }

  private func recover() {
    guard isFailing else { return }
    report(
      OutputReport(
        output: kind, fact: .failureEnded(path: file.path, lostCount: lostCount)))
    isFailing = false
    lostCount = 0
  }

  private func lose() {
    line = []
    lostCount += 1
    metrics.dropped.add()
  }
}
