// SPDX-License-Identifier: GPL-3.0-or-later

/// One JSON object on one line, its members in the order in which they are added.
///
/// For people and scripts that read lines: JSONEncoder sorts keys or leaves their order open.
struct JSONLine {
  private var members: [String] = []

  /// The object's text.
  var text: String { "{" + members.joined(separator: ",") + "}" }

  mutating func add(_ name: String, _ value: String) {
    members.append(Self.quoted(name) + ":" + Self.quoted(value))
  }

  mutating func add(_ name: String, _ value: Int) {
    members.append(Self.quoted(name) + ":\(value)")
  }

  /// Adds a number with at most `decimals` decimals; not finite becomes null.
  mutating func add(_ name: String, _ value: Double, decimals: Int) {
    members.append(
      Self.quoted(name) + ":" + (value.isFinite ? fixed(value, decimals: decimals) : "null"))
  }

  /// Adds a value that is JSON text already.
  mutating func add(_ name: String, json: String) {
    members.append(Self.quoted(name) + ":" + json)
  }

  /// `text` as a JSON string.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  /// The ends of an interval of parts, such as a confidence interval.
  static func interval(_ low: Double, _ high: Double) -> String {
    array([fixed(low, decimals: 6), fixed(high, decimals: 6)])
  }

  /// An array of JSON texts.
  static func array(_ values: [String]) -> String { "[" + values.joined(separator: ",") + "]" }
}

/// `value` with exactly `decimals` decimals, rounded half away from zero.
func fixed(_ value: Double, decimals: Int) -> String {
  var power = 1.0
  for _ in 0..<decimals { power *= 10 }
  let scaled = (abs(value) * power).rounded()
  guard scaled < 9e15 else { return "\(value)" }
  let whole = Int(scaled) / Int(power)
  let fraction = String(Int(scaled) % Int(power))
  let sign = value < 0 && scaled > 0 ? "-" : ""
  guard decimals > 0 else { return "\(sign)\(whole)" }
  return "\(sign)\(whole).\(String(repeating: "0", count: decimals - fraction.count))\(fraction)"
}
