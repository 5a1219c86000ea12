// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// Any JSON value, so that a schema can be checked field by field, unknown fields included.
enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case integer(Int)
  case fraction(Double)
  case unrepresentableNumber
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// Bytes of a text that is read: some 25 times the size of the largest published network's.
  static let byteLimit = 1 << 18

  /// - Throws: `InterchangeError.tooLarge` or `.notJSON`.
  init(parsing bytes: [UInt8]) throws(InterchangeError) {
    guard bytes.count <= Self.byteLimit else {
      throw .tooLarge(byteCount: bytes.count, limit: Self.byteLimit)
    }
    do {
      self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    } catch { throw .notJSON }
  }

  var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .integer: .integer
    case .fraction: .fraction
    case .unrepresentableNumber: .unrepresentableNumber
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  /// The value as JSON text, for messages: strings are cut to 40 characters, lists and objects to
  /// their brackets.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .fraction(let value): "\(value)"
    case .unrepresentableNumber: "a number past all bounds"
    case .string(let value): String(value.prefix(40)).debugDescription
    case .array: "[...]"
    case .object: "{...}"
    }
  }
}

extension JSONValue: Decodable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    // The most frequent kinds first: a wrong guess costs a thrown error.
    let single = try decoder.singleValueContainer()
    if single.decodeNil() {
      self = .null
    } else if let value = try? single.decode(Int.self) {
      self = .integer(value)
    } else if let value = try? single.decode(String.self) {
      self = .string(value)
    } else if let value = try? single.decode(Bool.self) {
      self = .bool(value)
    } else if let container = try? decoder.container(keyedBy: Key.self) {
      self = .object(
        try container.allKeys.reduce(into: [:]) { object, key in
          object[key.stringValue] = try container.decode(JSONValue.self, forKey: key)
        })
    } else if var container = try? decoder.unkeyedContainer() {
      var values: [JSONValue] = []
      while !container.isAtEnd { values.append(try container.decode(JSONValue.self)) }
      self = .array(values)
    } else if let value = try? single.decode(Double.self), value.isFinite {
      self = .fraction(value)
    } else {
      self = .unrepresentableNumber
    }
  }
}
