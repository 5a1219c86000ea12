// SPDX-License-Identifier: GPL-3.0-or-later

package import Storage

/// Where a value comes from, or stands when it is wrong.
package enum SettingOrigin: Equatable, Sendable {
  /// Nobody set it.
  case builtIn

  /// A configuration file; no position for the file as a whole.
  case file(path: String, TextPosition?)

  /// An environment variable.
  case environment(name: String)

  /// A flag of the command line, with its dashes.
  case flag(String)
}

/// One mistake in a configuration: where, which field, what.
package struct ConfigurationMistake: Equatable, Sendable {
  package var origin: SettingOrigin

  /// The setting's name as it was written there; empty for a whole file.
  package var field: String

  package var fact: ConfigurationFact

  package init(origin: SettingOrigin, field: String, fact: ConfigurationFact) {
    self.origin = origin
    self.field = field
    self.fact = fact
  }
}

/// What is wrong with a value, a name or a file.
package enum ConfigurationFact: Error, Equatable, Sendable {
  /// No setting has that name; `nearest` is the most similar one, written as at that place.
  case unknown(nearest: String?)

  /// The TOML value has another type.
  case type(expected: SettingKind, found: TOMLKind)

  /// The text is no value of the setting.
  case notAValue(expected: SettingKind, found: String)

  /// The number lies outside of the setting's range.
  case outOfRange(expected: SettingKind, found: String)

  case empty(expected: SettingKind)

  /// A control character in a name or path, by its code.
  case controlCharacter(code: UInt32)

  /// The path of a socket is longer than the system takes, in bytes.
  case socketPathLength(limit: Int, found: Int)

  /// The text cannot be split into words.
  case quoting(CommandSplittingError)

  /// The file is no TOML, in the parser's words.
  case syntax(String)

  /// The file cannot be read.
  case file(StorageError)

  /// Another setting, with `other` as its origin, names the same file.
  case sameFile(as: Setting, at: SettingOrigin)

  /// No output is set, so that nobody would learn of a detection.
  case noOutput
}
