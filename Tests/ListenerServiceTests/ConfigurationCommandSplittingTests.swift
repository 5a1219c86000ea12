// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ListenerService
import Testing

@Suite struct ConfigurationCommandSplittingTests {
  static let texts = [
    "", "   ", "a", " a  b\tc\n", "'a b' c", "\"a b\"c", "a''b ''", "\"\" a", "a\\ b", "\\'a",
    "'a\\'b", "\"a\\\"b\\\\c\\d\"", "'\"' \"'\"", "notify-send -- 'heard it' \"now\"", "é\\ü 'ß ñ'",
    "a#b", "{a}", "-x=\"y z\"",
  ]

  @Test func `words are those of a shell`() throws {
    for text in Self.texts {
      #expect(try splitCommand(text) == shellWords(text), "\(text)")
    }
    #expect(try splitCommand("logger -t \"kws \\\"x\\\"\"") == ["logger", "-t", "kws \"x\""])
  }

  @Test func `what a shell would expand stays as it is`() throws {
    #expect(
      try splitCommand("a $HOME * `x` ;b|c >d &") == [
        "a", "$HOME", "*", "`x`", ";b|c", ">d", "&",
      ])
  }

  @Test func `an open quote and a last backslash have their place`() {
    #expect(throws: CommandSplittingError.openQuote("'", offset: 2)) { try splitCommand("a 'b") }
    #expect(throws: CommandSplittingError.openQuote("\"", offset: 0)) { try splitCommand("\"") }
    #expect(throws: CommandSplittingError.trailingBackslash(offset: 3)) {
      try splitCommand("a b\\")
    }
  }

  /// The words that /bin/sh makes of `text`.
  private func shellWords(_ text: String) throws -> [String] {
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/sh")
    shell.arguments = ["-c", "set -- \(text)\nfor word; do printf '%s\\036' \"$word\"; done"]
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    return String(decoding: data, as: UTF8.self).split(
      separator: "\u{1E}", omittingEmptySubsequences: false
    ).dropLast().map(String.init)
  }
}
