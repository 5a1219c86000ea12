// SPDX-License-Identifier: GPL-3.0-or-later

/// The command line of this process as a person would type it, for the record in what it makes.
enum CommandLineText {
  static var current: String {
    (["kws"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
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
