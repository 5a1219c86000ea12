// SPDX-License-Identifier: GPL-3.0-or-later

/// A value that fits the kind and the range of its setting.
package enum SettingValue: Equatable, Sendable {
  /// A text, path or choice.
  case text(String)
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  case thresholds([ThresholdSetting])

  /// On with a number, on with the default one, or off.
  case ratio(Ratio)
  case command([String])

  package enum Ratio: Equatable, Sendable {
    case off
    case on
    case number(Double)

    /// The part of a threshold at which near misses start; nil where none are asked for.
    package var nearMissRatio: Float? {
      switch self {
      case .off: nil
      case .on: Setting.usualNearMissRatio
      case .number(let value): Float(value)
      }
    }
  }
}

extension SettingKind {
  /// The value that `text` means in the environment or on the command line.
  package func value(_ text: String) throws(ConfigurationFact) -> SettingValue {
    guard !text.isEmpty else { throw .empty(expected: self) }
    switch self {
    case .text, .path, .choice: return .text(try checked(text))
    case .boolean:
      guard let value = Self.booleans[text.lowercased()] else {
        throw .notAValue(expected: self, found: text)
      }
      return .boolean(value)
    case .integer(let range):
      guard let value = Int(text) else { throw .notAValue(expected: self, found: text) }
      guard range.contains(value) else { throw .outOfRange(expected: self, found: text) }
      return .integer(value)
    case .number(let range): return .number(try number(text, in: range))
    case .thresholds:
      var thresholds: [ThresholdSetting] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        thresholds.append(try threshold(String(part)))
      }
      return .thresholds(thresholds)
    case .ratio(let range):
      if let value = Self.booleans[text.lowercased()] { return .ratio(value ? .on : .off) }
      return .ratio(.number(try number(text, in: range)))
    case .command:
      let words: [String]
      do {
        words = try splitCommand(text)
      } catch {
        throw .quoting(error)
      }
      return .command(try command(words))
    }
  }

  /// The words for true and false where all is text.
  private static let booleans = [
    "true": true, "yes": true, "on": true, "1": true, "false": false, "no": false, "off": false,
    "0": false,
  ]

  /// `text` where a name, a path or one of some words is asked for.
  func checked(_ text: String) throws(ConfigurationFact) -> String {
    guard !text.isEmpty else { throw .empty(expected: self) }
    if case .choice(let words) = self, !words.contains(text) {
      throw .notAValue(expected: self, found: text)
    }
    for scalar in text.unicodeScalars where scalar.value < 0x20 || scalar.value == 0x7F {
      throw .controlCharacter(code: scalar.value)
    }
    return text
  }

  /// `x` or `word=x`.
  func threshold(_ text: String) throws(ConfigurationFact) -> ThresholdSetting {
    guard case .thresholds(let range) = self else {
      throw .notAValue(expected: self, found: text)
    }
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let value = parts.last.flatMap({ Double(trimmed($0)) }), !value.isNaN else {
      throw .notAValue(expected: self, found: text)
    }
    guard range.contains(value) else { throw .outOfRange(expected: self, found: text) }
    guard parts.count == 2 else { return ThresholdSetting(value: Float(value)) }
    let keyword = String(trimmed(parts[0]))
    guard !keyword.isEmpty else { throw .notAValue(expected: self, found: text) }
    return ThresholdSetting(keyword: keyword, value: Float(value))
  }

  /// A program and its arguments; arguments may be anything that a process can get.
  func command(_ words: [String]) throws(ConfigurationFact) -> [String] {
    guard let program = words.first, !program.isEmpty else { throw .empty(expected: self) }
    for word in words where word.utf8.contains(0) { throw .controlCharacter(code: 0) }
    return words
  }

  private func number(
    _ text: String, in range: ClosedRange<Double>
  ) throws(ConfigurationFact) -> Double {
    guard let value = Double(text), !value.isNaN else {
      throw .notAValue(expected: self, found: text)
    }
    guard range.contains(value) else { throw .outOfRange(expected: self, found: text) }
    return value
  }
}

/// `text` without spaces at its ends.
private func trimmed(_ text: Substring) -> Substring {
  var text = text
  while text.first == " " { text.removeFirst() }
  while text.last == " " { text.removeLast() }
  return text
}
