// SPDX-License-Identifier: GPL-3.0-or-later

/// The places that events go to; the raw value is the label of the metrics.
package enum OutputKind: String, CaseIterable, Sendable {
  case standardOutput = "stdout"
  case logFile = "log-file"
  case exec
  case socket
  case clips
  case metricsSocket = "metrics-socket"
  case metricsPort = "metrics-port"
  case metricsTextfile = "metrics-textfile"

  /// Its place in the order of all kinds.
  var index: Int { Self.allCases.firstIndex(of: self)! }
}

/// Something that happened to an output and that a person may want to know: once at the beginning
/// and once at the end of every bad time, however long it lasts.
package struct OutputReport: Sendable, Equatable {
  package var output: OutputKind
  package var fact: OutputFact

  package init(output: OutputKind, fact: OutputFact) {
    self.output = output
    self.fact = fact
  }
}

package enum OutputFact: Sendable, Equatable {
  /// The output takes events slower than they come: from now on some are dropped.
  case droppingBegan

  /// It has caught up; this many events were dropped.
  case droppingEnded(lostCount: Int)

  /// A system call failed and is tried again; `code` is its `errno`.
  case failureBegan(path: String, operation: String, code: Int32)

  /// It works again; this many events were lost for good.
  case failureEnded(path: String, lostCount: Int)

  /// Nobody reads standard output any more.
  case readerGone

  /// A child of `--exec` did not do its work, the first time since one did.
  case childFailed(ChildEnding)

  /// A child did its work again; this many had failed before.
  case childRecovered(failureCount: Int)
}

/// How a child of `--exec` ended that did not do its work.
package enum ChildEnding: Sendable, Equatable {
  /// It could not be started; `code` is the `errno`.
  case notStarted(code: Int32)
  case status(Int32)
  case signal(Int32)

  /// It ran longer than it may, and was ended.
  case timedOut(seconds: Double)
}
