// SPDX-License-Identifier: GPL-3.0-or-later

import FuzzedParsers

/// What libFuzzer's callback, which can hold on to nothing, works with.
enum Fuzzed {
  /// The parser that the command line names.
  static let parser = CommandLine.arguments.dropFirst().first.flatMap {
    FuzzedParser(rawValue: $0)
  }

  /// libFuzzer runs one input at a time.
  nonisolated(unsafe) static let folder = FuzzedFolder()
}
