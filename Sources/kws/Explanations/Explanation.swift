// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A text for a person and the exit code that goes with it: what failed, where, expected and found,
/// what to do next.
struct Explanation: Equatable {
  var text: String
  var exitCode: ExitStatus

  /// The same with `context`, such as a path, in front.
  func at(_ context: String) -> Explanation {
    Explanation(text: "\(context): \(text)", exitCode: exitCode)
  }
}

/// Exit codes, from sysexits.h where it has one.
enum ExitStatus: Int32 {
  case usage = 64
  case badData = 65
  case missingInput = 66

  /// No device can be had.
  case unavailable = 69

  case internalError = 70
  case inputOutput = 74
  case configuration = 78

  /// Stopped by a signal, as a shell reports SIGINT.
  case interrupted = 130
}

/// An error of one of the modules, or of the command line, that has a text.
protocol ExplainedError: Error {
  var explanation: Explanation { get }
}

extension ExplainedError {
  /// The error for the file at `path`.
  func commandError(at path: String) -> CommandError {
    let explanation = explanation.at(path)
    return CommandError(explanation.text, explanation.exitCode)
  }
}

/// An error that is known where it is thrown with its whole text.
struct CommandError: ExplainedError {
  var explanation: Explanation

  init(_ text: String, _ exitCode: ExitStatus) {
    explanation = Explanation(text: text, exitCode: exitCode)
  }
}

/// Prints `kws: text` to standard error and exits.
func fail(_ explanation: Explanation) -> Never {
  printError("kws: \(explanation.text)")
  exit(explanation.exitCode.rawValue)
}

/// Prints one line to standard error.
func printError(_ line: String) {
  let bytes = Array((line + "\n").utf8)
  _ = unsafe write(STDERR_FILENO, bytes, bytes.count)
}
