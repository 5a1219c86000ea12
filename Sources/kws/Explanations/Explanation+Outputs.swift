// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService

extension ListenerError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .system(let path, let operation, let code):
      Explanation(
        text: "\(path): \(operation) failed: \(systemErrorText(code)).", exitCode: .inputOutput)
    case .socketInUse(let path):
      Explanation(
        text: "\(path): another process listens on this socket. End it, or choose another path.",
        exitCode: .inputOutput)
    case .notASocket(let path):
      Explanation(
        text: "\(path): expected a socket or nothing, found something else. Choose another path.",
        exitCode: .inputOutput)
    case .metricsServer(let path):
      Explanation(
        text: "\(path): the server of the metrics cannot be started.", exitCode: .internalError)
    }
  }
}

extension OutputReport {
  /// One line for the log.
  var text: String {
    switch fact {
    case .droppingBegan: "\(name): takes events too slowly; events are dropped for it."
    case .droppingEnded(let count):
      "\(name): takes events again; \(events(count)) dropped for it."
    case .failureBegan(let path, let operation, let code):
      "\(name): \(path): \(operation) failed: \(systemErrorText(code)). It is tried again."
    case .failureEnded(let path, let count):
      "\(name): \(path): works again; \(events(count)) lost."
    case .readerGone: "\(name): nobody reads it any more."
    case .childFailed(let ending): "\(name): \(text(ending)) Further failures are only counted."
    case .childRecovered(let count):
      "\(name): the program works again; it had failed \(count) \(count == 1 ? "time" : "times")."
    }
  }

  private var name: String {
    switch output {
    case .standardOutput: "standard output"
    default: output.rawValue
    }
  }

  private func events(_ count: Int) -> String {
    "\(count) \(count == 1 ? "event was" : "events were")"
  }

  private func text(_ ending: ChildEnding) -> String {
    switch ending {
    case .notStarted(let code): "the program cannot be started: \(systemErrorText(code))."
    case .status(let status): "the program ended with status \(status)."
    case .signal(let number): "the program was ended by signal \(number)."
    case .timedOut(let seconds):
      "the program ran for \(fixed(seconds, decimals: 1)) s and was ended."
    }
  }
}
