// SPDX-License-Identifier: GPL-3.0-or-later

extension ListenerConfiguration {
  /// The value that holds for `setting`, nil where it is off or belongs to an output that is off.
  package func value(of setting: Setting) -> SettingValue? {
    switch setting {
    case .device: .text(device)
    case .model: modelPath.map(SettingValue.text)
    case .threshold: thresholds.isEmpty ? nil : .thresholds(thresholds)
    case .targetFalseAlarmsPerDay: targetFalseAlarmsPerDay.map(SettingValue.number)
    case .acceptUnproven: targetFalseAlarmsPerDay.map { _ in .boolean(acceptsUnproven) }
    case .nearMisses: .ratio(nearMissRatio.map { .number(Double($0)) } ?? .off)
    case .format: .text(outputs.standardOutput?.rawValue ?? Setting.noFormat)
    case .wallClock: .boolean(wallClock)
    case .record: recordingPath.map(SettingValue.text)
    case .waitForDevice: .boolean(waitsForDevice)
    case .silenceSeconds: .number(silenceSeconds)
    case .realtimePriority: .integer(realtimePriority)
    case .logFile: outputs.logFile.map { .text($0.path) }
    case .logFileFormat: outputs.logFile.map { .text($0.format.rawValue) }
    case .exec: outputs.exec.map { .command($0.command) }
    case .execTimeout: outputs.exec.map { .number($0.timeoutSeconds) }
    case .execLimit: outputs.exec.map { .integer($0.childLimit) }
    case .socket: outputs.socketPath.map(SettingValue.text)
    case .saveClips: outputs.clips.map { .text($0.directory) }
    case .clipPreRoll: outputs.clips.map { .number($0.preRollSeconds) }
    case .clipPostRoll: outputs.clips.map { .number($0.postRollSeconds) }
    case .clipQuota: outputs.clips.map { .integer($0.quotaByteCount / 1_000_000) }
    case .metricsSocket: outputs.metrics.socketPath.map(SettingValue.text)
    case .metricsPort: outputs.metrics.port.map(SettingValue.integer)
    case .metricsTextfile: outputs.metrics.textfilePath.map(SettingValue.text)
    }
  }

  /// The value of `setting` where nobody sets it, its output given.
  package static func defaultValue(of setting: Setting) -> SettingValue? {
    var configuration = ListenerConfiguration()
    configuration.targetFalseAlarmsPerDay = 1
    configuration.outputs.logFile = LogFileConfiguration(path: "")
    configuration.outputs.exec = ExecConfiguration(command: [])
    configuration.outputs.clips = ClipConfiguration(directory: "")
    switch setting {
    case .targetFalseAlarmsPerDay, .logFile, .exec, .saveClips: return nil
    default: return configuration.value(of: setting)
    }
  }
}
