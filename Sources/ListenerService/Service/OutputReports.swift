// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// Takes what the outputs' threads report, logs it, and remembers what the control thread must know.
final class OutputReports: Sendable {
  private let log: @Sendable (ListenerReport) -> Void
  private let readerGone = Atomic<Bool>(false)

  init(log: @escaping @Sendable (ListenerReport) -> Void) { self.log = log }

  /// Whether nobody reads standard output any more.
  var isReaderGone: Bool { readerGone.load(ordering: .relaxed) }

  func take(_ report: OutputReport) {
    if report.fact == .readerGone { readerGone.store(true, ordering: .relaxed) }
    log(.output(report))
  }
}
