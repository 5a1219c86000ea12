// SPDX-License-Identifier: GPL-3.0-or-later

import CTOML

/// A place in a text; line and column count from 1, columns count code points.
package struct TextPosition: Equatable, Sendable {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// The members of a TOML document, each with its place.
struct TOMLDocument {
  struct Member {
    var key: String
    var keyPosition: TextPosition
    var value: Value
  }

  struct Value {
    var content: Content
    var position: TextPosition
  }

  enum Content {
    case string(String)
    case integer(Int)
    case float(Double)
    case boolean(Bool)
    case date
    case array([Value])
    case table

    var kind: TOMLKind {
      switch self {
      case .string: .string
      case .integer: .integer
      case .float: .float
      case .boolean: .boolean
      case .date: .date
      case .array: .array
      case .table: .table
      }
    }
  }

  /// What a document can be refused for.
  enum Failure: Error, Equatable {
    /// Not TOML: the library's own words, and where.
    case syntax(String, TextPosition)

    /// Larger than the library is trusted with, or memory is short.
    case tooLarge(limit: Int)
  }

  /// Largest document, in bytes.
  static let byteLimit = Int(KWS_TOML_LIMIT)

  /// In the order of the file.
  private(set) var members: [Member] = []

  init(parsing bytes: [UInt8]) throws(Failure) {
    let document = unsafe bytes.withUnsafeBytes { raw in
      unsafe kws_toml_parse(raw.bindMemory(to: CChar.self).baseAddress, raw.count)
    }
    guard let document = unsafe document else { throw .tooLarge(limit: Self.byteLimit) }
    defer { unsafe kws_toml_free(document) }
    var (description, position) = unsafe (kws_toml_text(), kws_toml_position())
    if unsafe kws_toml_error(document, &description, &position) {
      throw .syntax(unsafe Self.string(description), Self.position(position))
    }
    for index in 0..<(unsafe kws_toml_count(document)) {
      let found = unsafe kws_toml_at(document, index)
      let value = unsafe Value(
        content: Self.content(found), position: Self.position(found.position))
      if unsafe found.depth == 0 {
        members.append(
          unsafe Member(
            key: Self.string(found.key), keyPosition: Self.position(found.key_position),
            value: value))
      } else if case .array(let elements) = members[members.count - 1].value.content {
        members[members.count - 1].value.content = .array(elements + [value])
      }
    }
  }

  private static func content(_ value: kws_toml_value) -> Content {
    switch unsafe value.kind {
    case KWS_TOML_STRING: .string(unsafe string(value.text))
    case KWS_TOML_INTEGER: .integer(Int(unsafe value.integer))
    case KWS_TOML_FLOAT: .float(unsafe value.number)
    case KWS_TOML_BOOLEAN: .boolean(unsafe value.boolean)
    case KWS_TOML_ARRAY: .array([])
    case KWS_TOML_TABLE: .table
    default: .date
    }
  }

  private static func string(_ text: kws_toml_text) -> String {
    unsafe String(
      decoding: UnsafeRawBufferPointer(start: text.bytes, count: text.length), as: UTF8.self)
  }

  private static func position(_ position: kws_toml_position) -> TextPosition {
    TextPosition(line: Int(position.line), column: Int(position.column))
  }
}

/// The types of TOML values.
package enum TOMLKind: Equatable, Sendable {
  case string, integer, float, boolean, date, array, table
}
