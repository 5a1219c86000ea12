// SPDX-License-Identifier: GPL-3.0-or-later

/// The fields in which two values of one structure differ, and only those, as text: "epochCount 4".
package struct FieldDifferences {
  package let expected: String
  package let found: String

  /// Both texts are empty where nothing differs.
  package init<Structure>(_ expected: Structure, _ found: Structure) {
    let pairs = zip(Self.texts(expected), Self.texts(found)).filter { $0 != $1 }
    self.expected = pairs.map(\.0).joined(separator: ", ")
    self.found = pairs.map(\.1).joined(separator: ", ")
  }

  private static func texts(_ structure: Any) -> [String] {
    Mirror(reflecting: structure).children.map { "\($0.label ?? "") \(text($0.value))" }
  }

  /// What an optional holds, or "none".
  private static func text(_ value: Any) -> String {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .optional else { return "\(value)" }
    return mirror.children.first.map { "\($0.value)" } ?? "none"
  }
}
