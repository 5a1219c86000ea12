// SPDX-License-Identifier: GPL-3.0-or-later

import Storage

/// Settings from a file, the environment and flags; what is added later wins, setting by setting.
///
/// Mistakes are gathered, not thrown, so that all of them are told at once.
package struct ConfigurationLayers: Sendable {
  /// A value and where it comes from.
  package struct Entry: Equatable, Sendable {
    package var value: SettingValue
    package var origin: SettingOrigin
  }

  package private(set) var entries: [Setting: Entry] = [:]
  package private(set) var mistakes: [ConfigurationMistake] = []

  package init() {}

  /// Adds the TOML file at `name`; with a hyphen in front, as systemd writes it, the file may be
  /// missing.
  package mutating func addFile(_ name: String) {
    let isOptional = name.hasPrefix("-")
    let path = String(name.dropFirst(isOptional ? 1 : 0))
    func fail(_ fact: ConfigurationFact, at position: TextPosition? = nil) {
      mistakes.append(
        ConfigurationMistake(origin: .file(path: path, position), field: "", fact: fact))
    }
    let document: TOMLDocument
    do throws(StorageError) {
      let bytes = try File.read(path, limit: TOMLDocument.byteLimit)
      do throws(TOMLDocument.Failure) {
        document = try TOMLDocument(parsing: bytes)
      } catch {
        return switch error {
        case .syntax(let words, let position): fail(.syntax(words), at: position)
        case .tooLarge(let limit):
          fail(.file(.tooLarge(path: path, byteCount: bytes.count, limit: limit)))
        }
      }
    } catch {
      if isOptional, case .notFound = error { return }
      return fail(.file(error))
    }
    for member in document.members { add(member, from: path) }
  }

  private mutating func add(_ member: TOMLDocument.Member, from path: String) {
    guard let setting = Setting(rawValue: member.key) else {
      let nearest = nearestName(to: member.key, among: Setting.allCases.map(\.key))
      mistakes.append(
        ConfigurationMistake(
          origin: .file(path: path, member.keyPosition), field: member.key,
          fact: .unknown(nearest: nearest)))
      return
    }
    var found: [ConfigurationMistake] = []
    let value = setting.kind.value(member.value) { position, fact in
      found.append(
        ConfigurationMistake(
          origin: .file(path: path, position), field: setting.key, fact: fact))
    }
    mistakes += found
    if let value {
      entries[setting] = Entry(value: value, origin: .file(path: path, member.value.position))
    }
  }

  /// Adds the variables of `environment` whose names start with `KWS_`; an empty one counts as not
  /// set, and `KWS_CONFIG`, which names the file, is left to the caller.
  package mutating func addEnvironment(_ environment: [(name: String, value: String)]) {
    let settings = Dictionary(
      uniqueKeysWithValues: Setting.allCases.map { ($0.environmentName, $0) })
    for (name, value) in environment.sorted(by: { $0.name < $1.name })
    where name.hasPrefix(Setting.environmentPrefix) && name != Setting.fileEnvironmentName {
      guard let setting = settings[name] else {
        let names = Array(settings.keys) + [Setting.fileEnvironmentName]
        mistakes.append(
          ConfigurationMistake(
            origin: .environment(name: name), field: name,
            fact: .unknown(nearest: nearestName(to: name, among: names))))
        continue
      }
      if !value.isEmpty { add(value, for: setting, from: .environment(name: name), field: name) }
    }
  }

  /// Adds what `setting`'s flag was given: its text, or several where it may be repeated.
  package mutating func addFlag(_ setting: Setting, _ texts: [String]) {
    let origin = SettingOrigin.flag(setting.flag)
    guard case .thresholds = setting.kind else {
      if let text = texts.last { add(text, for: setting, from: origin, field: setting.flag) }
      return
    }
    var thresholds: [ThresholdSetting] = []
    for text in texts {
      do throws(ConfigurationFact) {
        if case .thresholds(let more) = try setting.kind.value(text) { thresholds += more }
      } catch {
        mistakes.append(
          ConfigurationMistake(origin: origin, field: setting.flag, fact: error))
      }
    }
    if !texts.isEmpty { entries[setting] = Entry(value: .thresholds(thresholds), origin: origin) }
  }

  private mutating func add(
    _ text: String, for setting: Setting, from origin: SettingOrigin, field: String
  ) {
    do throws(ConfigurationFact) {
      entries[setting] = Entry(value: try setting.kind.value(text), origin: origin)
    } catch {
      mistakes.append(ConfigurationMistake(origin: origin, field: field, fact: error))
    }
  }
}
