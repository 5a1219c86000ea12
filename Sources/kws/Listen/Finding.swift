// SPDX-License-Identifier: GPL-3.0-or-later

/// One thing that the doctor looked at.
struct Finding {
  enum Verdict: String {
    case ok
    case warning
    case problem
  }

  /// What was looked at, such as `clipping`.
  var name: String
  var verdict: Verdict

  /// What was found, in words.
  var text: String

  /// What to do; nil where nothing needs to be done.
  var next: String?

  /// What was measured: name, value and decimals.
  var values: [(name: String, value: Double, decimals: Int)]

  init(
    _ name: String, _ verdict: Verdict, _ text: String, next: String? = nil,
    values: [(name: String, value: Double, decimals: Int)] = []
  ) {
    self.name = name
    self.verdict = verdict
    self.text = text
    self.next = next
    self.values = values
  }

  /// Lines for a person.
  var lines: [String] {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(width - text.count, 0))
    }
    let first = padded(verdict.rawValue, 9) + padded(name, 14) + text
    return [first] + (next.map { [padded("", 23) + "-> " + $0] } ?? [])
  }

  /// One JSON object.
  var json: String {
    var object = JSONLine()
    object.add("check", name)
    object.add("verdict", verdict.rawValue)
    object.add("text", text)
    if let next { object.add("next", next) }
    for value in values { object.add(value.name, value.value, decimals: value.decimals) }
    return object.text
  }
}
