// SPDX-License-Identifier: GPL-3.0-or-later

/// The command line of this process as a person would type it, for the record in what it makes.
enum CommandLineText {
  /// What does not change the result is left out: `--resume`, `--overwrite`,
  /// `--threads`.
  static var current: String { of(Array(CommandLine.arguments.dropFirst())) }

  /// The command line with these arguments.
  static func of(_ arguments: [String]) -> String {
    var arguments = arguments
    arguments.removeAll { $0 == "--resume" || $0 == "--overwrite" || $0.hasPrefix("--threads=") }
    if let index = arguments.firstIndex(of: "--threads") {
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
