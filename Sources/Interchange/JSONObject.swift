// SPDX-License-Identifier: GPL-3.0-or-later

/// A JSON object whose place in the file is known, read field by field: every accessor throws the
/// field's path with what was expected and found.
struct JSONObject {
  /// Where the object stands; empty for the file's own.
  let path: String

  private let fields: [String: JSONValue]

  /// - Throws: `wrongType` where `value` is no object.
  init(_ value: JSONValue, path: String) throws(InterchangeError) {
    guard case .object(let fields) = value else {
      throw .wrongType(path, expected: .object, found: value.kind)
    }
    self.path = path
    self.fields = fields
  }

  /// The path of the field `name`.
  func path(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// Refuses every field but those named.
  func allow(only names: Set<String>) throws(InterchangeError) {
    // Sorted, so that the same file gives the same error.
    if let unknown = fields.keys.sorted().first(where: { !names.contains($0) }) {
      throw .unknownField(path(String(unknown.prefix(40))))
    }
  }

  /// The field, which must be there.
  func value(_ name: String) throws(InterchangeError) -> JSONValue {
    guard let value = fields[name] else { throw .missingField(path(name)) }
    return value
  }

  func object(_ name: String) throws(InterchangeError) -> JSONObject {
    try JSONObject(value(name), path: path(name))
  }

  /// The object, or nil for null.
  func optionalObject(_ name: String) throws(InterchangeError) -> JSONObject? {
    let value = try value(name)
    return value == .null ? nil : try JSONObject(value, path: path(name))
  }

  /// The list, whose length lies in `range`.
  func array(
    _ name: String, count range: ClosedRange<Int>
  ) throws(InterchangeError) -> [JSONValue] {
    let value = try value(name)
    guard case .array(let values) = value else {
      throw .wrongType(path(name), expected: .array, found: value.kind)
    }
    guard range.contains(values.count) else {
      throw .outOfRange("\(path(name)).count", found: values.count, range)
    }
    return values
  }

  func string(_ name: String) throws(InterchangeError) -> String {
    let value = try value(name)
    guard case .string(let text) = value else {
      throw .wrongType(path(name), expected: .string, found: value.kind)
    }
    return text
  }

  func bool(_ name: String) throws(InterchangeError) -> Bool {
    let value = try value(name)
    guard case .bool(let isTrue) = value else {
      throw .wrongType(path(name), expected: .bool, found: value.kind)
    }
    return isTrue
  }

  func integer(_ name: String, _ range: ClosedRange<Int>) throws(InterchangeError) -> Int {
    try Self.integer(value(name), path: path(name), range)
  }

  /// One number for both axes, or a pair `[frequency, time]`, the order of the height and width of
  /// an image.
  func pair(
    _ name: String, _ range: ClosedRange<Int>
  ) throws(InterchangeError) -> (frequency: Int, time: Int) {
    guard case .array = try value(name) else {
      let both = try integer(name, range)
      return (both, both)
    }
    let values = try array(name, count: 2...2)
    return (
      try Self.integer(values[0], path: "\(path(name))[0]", range),
      try Self.integer(values[1], path: "\(path(name))[1]", range)
    )
  }

  /// Requires the one value that is understood.
  func require(_ name: String, _ expected: JSONValue) throws(InterchangeError) {
    let found = try value(name)
    guard found == expected else {
      throw .wrongValue(path(name), expected: expected.text, found: found.text)
    }
  }

  private static func integer(
    _ value: JSONValue, path: String, _ range: ClosedRange<Int>
  ) throws(InterchangeError) -> Int {
    guard case .integer(let found) = value else {
      throw .wrongType(path, expected: .integer, found: value.kind)
    }
    guard range.contains(found) else { throw .outOfRange(path, found: found, range) }
    return found
  }
}
