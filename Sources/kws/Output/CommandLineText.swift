// SPDX-License-Identifier: GPL-3.0-or-later

/// The command line of this process as a person would type it, for the record in what it makes.
enum CommandLineText {
  /// What does not change the result is left out: `--resume`, `--overwrite`,
  /// `--threads`.
  static var current: String { of(Array(CommandLine.arguments.dropFirst())) }

  /// The same without `--report`: what is written beside a model is no part of it.
  static var ofResult: String {
    of(Array(CommandLine.arguments.dropFirst()), without: ["--threads", "--report"])
  }

  /// The command line with these arguments, but for `options` with their values.
  static func of(_ arguments: [String], without options: [String] = ["--threads"]) -> String {
    var arguments = arguments
    arguments.removeAll { argument in
      argument == "--resume" || argument == "--overwrite"
        || options.contains { argument.hasPrefix($0 + "=") }
    }
    for option in options {
      guard let index = arguments.firstIndex(of: option) else { continue }
      arguments.removeSubrange(index..<min(index + 2, arguments.count))
    }
    return (["kws"] + arguments).map(quoted).joined(separator: " ")
  }

  private static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy {
      $0.isASCII && ($0.isLetter || $0.isNumber || "-_=./,+:@%".contains($0))
    }
    return plain && !argument.isEmpty
      ? argument
      : "'"
        + argument.split(separator: "'", omittingEmptySubsequences: false)
        .joined(separator: "'\\''") + "'"
  }
}
