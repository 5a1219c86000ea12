// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Storage

extension ConfigurationError: ExplainedError {
  /// All mistakes, one a line.
  var explanation: Explanation {
    // A command line alone is wrong use; what stays behind in a file or unit is configuration.
    let isUsage = mistakes.allSatisfy { if case .flag = $0.origin { true } else { false } }
    return Explanation(
      text: mistakes.map(\.text).joined(separator: "\nkws: "),
      exitCode: isUsage ? .usage : .configuration)
  }
}

extension SettingOrigin {
  /// The place as an editor or a shell knows it, such as `kws.toml:3:14`.
  var text: String {
    switch self {
    case .builtIn: "built in"
    case .file(let path, nil): path
    case .file(let path, let position?): "\(path):\(position.line):\(position.column)"
    case .environment(let name): name
    case .flag(let flag): flag
    }
  }
}

extension ConfigurationMistake {
  /// The mistake in one sentence: where, which field, expected, found.
  var text: String {
    // A variable and a flag are place and field in one.
    let isNamed = if case .file = origin { !field.isEmpty } else { false }
    let place = isNamed ? "\(origin.text): \(printable(field))" : origin.text
    return "\(place): \(factText)."
  }

  private var factText: String {
    switch fact {
    case .unknown(let nearest?): "no such setting; the nearest is \(nearest)"
    case .unknown(nil): "no such setting; kws listen --help lists all"
    case .type(let expected, let found):
      "expected \(expected.expectation), found \(found.text)"
    case .notAValue(let expected, let found), .outOfRange(let expected, let found):
      "expected \(expected.expectation), found \(printable(found))"
    case .empty(let expected): "expected \(expected.expectation), found nothing"
    case .controlCharacter(let code):
      "expected plain text, found the control character U+"
        + String(repeating: "0", count: code < 16 ? 3 : 2) + String(code, radix: 16).uppercased()
    case .socketPathLength(let limit, let found):
      "the path of a socket has at most \(limit) bytes, found \(found)"
    case .quoting(.openQuote(let mark, let offset)):
      "the quote \(mark) at character \(offset + 1) has no end"
    case .quoting(.trailingBackslash(let offset)):
      "the backslash at character \(offset + 1) has nothing behind it"
    case .syntax(let words): "no TOML: \(printable(words))"
    case .file(.notFound): "no such file"
    case .file(.isDirectory): "is a directory, expected a TOML file"
    case .file(.tooLarge(_, let byteCount, let limit)):
      "\(byteCount) bytes, a configuration has at most \(limit)"
    case .file(.system(_, let operation, let code)):
      "\(operation) failed: \(systemErrorText(code))"
    case .sameFile(let other, let place):
      "the same file as \(other.name(at: place)) (\(place.text))"
    case .noOutput:
      "no event would go anywhere: choose another format, or set an output such as "
        + Setting.socket.name(at: origin)
    }
  }
}

extension TOMLKind {
  fileprivate var text: String {
    switch self {
    case .string: "a string"
    case .integer: "a whole number"
    case .float: "a number with decimals"
    case .boolean: "true or false"
    case .date: "a date or time"
    case .array: "an array"
    case .table: "a table"
    }
  }
}

/// `text` without anything that would steer a terminal, at most 100 characters of it.
private func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars.prefix(100) {
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    result.unicodeScalars.append(isControl ? "?" : scalar)
  }
  return text.unicodeScalars.count > 100 ? result + "..." : result
}
