// SPDX-License-Identifier: GPL-3.0-or-later

import Interchange

extension InterchangeError: ExplainedError {
  var explanation: Explanation {
    let text =
      switch self {
      case .tooLarge(let byteCount, let limit):
        "\(byteCount) bytes, expected at most \(limit). Is it the right file?"
      case .notJSON: "no valid JSON. Is it whole?"
      case .missingField(let field): "field '\(field)' is missing."
      case .unknownField(let field):
        "field '\(field)' is unknown, and what it would change too."
      case .wrongType(let field, let expected, let found):
        "\(name(field)): expected \(expected.text), found \(found.text)."
      case .outOfRange(let field, let found, let range):
        "field '\(field)' is \(found), expected \(range.lowerBound) to \(range.upperBound)."
      case .wrongValue(let field, let expected, let found):
        "field '\(field)' is \(found), only \(expected) is understood here."
      case .evenKernel(let field, let found):
        "field '\(field)' is \(found), expected an odd number."
      case .unknownLayer(let field, let found, let known):
        "field '\(field)': a layer of kind \(found.debugDescription), expected "
          + "\(known.joined(separator: " or "))."
      case .architecture(let error): error.explanation.text
      }
    return Explanation(text: text, exitCode: .badData)
  }

  private func name(_ field: String) -> String { field.isEmpty ? "the file" : "field '\(field)'" }
}

extension JSONKind {
  fileprivate var text: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .integer: "a whole number"
    case .fraction: "a number"
    case .unrepresentableNumber: "a number past all bounds"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
