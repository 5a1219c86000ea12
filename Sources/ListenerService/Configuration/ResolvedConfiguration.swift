// SPDX-License-Identifier: GPL-3.0-or-later

/// A configuration with the origin of each of its values.
package struct ResolvedConfiguration: Equatable, Sendable {
  package var configuration: ListenerConfiguration

  /// What was set, by setting; the others have their defaults.
  package var entries: [Setting: ConfigurationLayers.Entry]

  /// Settings that are set but do nothing, since `needs` is not set.
  package var idle: [(setting: Setting, needs: Setting)] {
    Setting.allCases.compactMap { setting in
      guard let needs = setting.needs, entries[setting] != nil, entries[needs] == nil else {
        return nil
      }
      return (setting, needs)
    }
  }

  /// Where the value of `setting` comes from.
  package func origin(of setting: Setting) -> SettingOrigin {
    entries[setting]?.origin ?? .builtIn
  }
}

/// Everything that is wrong with a configuration, at least one mistake.
package struct ConfigurationError: Error, Equatable {
  package var mistakes: [ConfigurationMistake]

  package init(mistakes: [ConfigurationMistake]) { self.mistakes = mistakes }
}

extension ConfigurationLayers {
  /// The configuration that the layers make, or every mistake in them.
  ///
  /// - Parameter isService: whether a service manager started the process: a device is then waited
  ///   for unless a setting says otherwise.
  package func resolve(isService: Bool) throws(ConfigurationError) -> ResolvedConfiguration {
    var configuration = ListenerConfiguration()
    configuration.waitsForDevice = isService
    configuration.device = text(.device) ?? configuration.device
    configuration.modelPath = text(.model)
    if case .thresholds(let value) = entries[.threshold]?.value { configuration.thresholds = value }
    configuration.targetFalseAlarmsPerDay = number(.targetFalseAlarmsPerDay)
    configuration.acceptsUnproven = boolean(.acceptUnproven) ?? configuration.acceptsUnproven
    configuration.nearMissRatio = nearMissRatio
    configuration.recordingPath = text(.record)
    configuration.wallClock = boolean(.wallClock) ?? configuration.wallClock
    configuration.waitsForDevice = boolean(.waitForDevice) ?? configuration.waitsForDevice
    configuration.realtimePriority = integer(.realtimePriority) ?? configuration.realtimePriority
    configuration.silenceSeconds = number(.silenceSeconds) ?? configuration.silenceSeconds
    configuration.outputs = outputs
    let mistakes = self.mistakes + contradictions(in: configuration)
    guard mistakes.isEmpty else { throw ConfigurationError(mistakes: mistakes) }
    return ResolvedConfiguration(configuration: configuration, entries: entries)
  }

  private var nearMissRatio: Float? {
    guard case .ratio(let ratio) = entries[.nearMisses]?.value else { return nil }
    return ratio.nearMissRatio
  }

  private var outputs: OutputConfiguration {
    var outputs = OutputConfiguration()
    if let format = text(.format) { outputs.standardOutput = EventFormat(rawValue: format) }
    if let path = text(.logFile) {
      var logFile = LogFileConfiguration(path: path)
      logFile.format = text(.logFileFormat).flatMap(EventFormat.init) ?? logFile.format
      outputs.logFile = logFile
    }
    if case .command(let command) = entries[.exec]?.value {
      var exec = ExecConfiguration(command: command)
      exec.timeoutSeconds = number(.execTimeout) ?? exec.timeoutSeconds
      exec.childLimit = integer(.execLimit) ?? exec.childLimit
      outputs.exec = exec
    }
    outputs.socketPath = text(.socket)
    if let directory = text(.saveClips) {
      var clips = ClipConfiguration(directory: directory)
      clips.preRollSeconds = number(.clipPreRoll) ?? clips.preRollSeconds
      clips.postRollSeconds = number(.clipPostRoll) ?? clips.postRollSeconds
      clips.quotaByteCount = integer(.clipQuota).map { $0 * 1_000_000 } ?? clips.quotaByteCount
      outputs.clips = clips
    }
    outputs.metrics.socketPath = text(.metricsSocket)
    outputs.metrics.port = integer(.metricsPort)
    outputs.metrics.textfilePath = text(.metricsTextfile)
    return outputs
  }

  /// Values that are right one by one and wrong together.
  private func contradictions(in configuration: ListenerConfiguration) -> [ConfigurationMistake] {
    var found: [ConfigurationMistake] = []
    func add(_ setting: Setting, _ fact: ConfigurationFact) {
      guard let origin = entries[setting]?.origin else { return }
      found.append(
        ConfigurationMistake(origin: origin, field: setting.name(at: origin), fact: fact))
    }
    var owners: [String: Setting] = [:]
    for setting in Setting.allCases {
      guard setting.kind == .path, let path = text(setting) else { continue }
      if let other = owners[path], let origin = entries[other]?.origin {
        add(setting, .sameFile(as: other, at: origin))
      }
      owners[path] = setting
    }
    for setting in [Setting.socket, .metricsSocket] {
      guard let count = text(setting)?.utf8.count, count > Setting.socketPathLimit else { continue }
      add(setting, .socketPathLength(limit: Setting.socketPathLimit, found: count))
    }
    let outputs = configuration.outputs
    let isHeard =
      outputs.standardOutput != nil || outputs.logFile != nil || outputs.exec != nil
      || outputs.socketPath != nil || outputs.clips != nil
      || outputs.metrics != MetricsConfiguration()
    if !isHeard { add(.format, .noOutput) }
    return found
  }

  private func text(_ setting: Setting) -> String? {
    if case .text(let value) = entries[setting]?.value { value } else { nil }
  }

  private func boolean(_ setting: Setting) -> Bool? {
    if case .boolean(let value) = entries[setting]?.value { value } else { nil }
  }

  private func integer(_ setting: Setting) -> Int? {
    if case .integer(let value) = entries[setting]?.value { value } else { nil }
  }

  private func number(_ setting: Setting) -> Double? {
    if case .number(let value) = entries[setting]?.value { value } else { nil }
  }
}
