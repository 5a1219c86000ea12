// SPDX-License-Identifier: GPL-3.0-or-later

/// The one table of settings: a name in three forms and what its value may be.
///
/// The raw value is the key of the TOML file. Order is that of the help and of the example.
package enum Setting: String, CaseIterable, Sendable {
  case device
  case model
  case threshold
  case targetFalseAlarmsPerDay = "target-fa-per-day"
  case acceptUnproven = "accept-unproven"
  case nearMisses = "near-misses"
  case format
  case wallClock = "wall-clock"
  case record
  case waitForDevice = "wait-for-device"
  case silenceSeconds = "silence-seconds"
  case realtimePriority = "realtime-priority"
  case logFile = "log-file"
  case logFileFormat = "log-file-format"
  case exec
  case execTimeout = "exec-timeout"
  case execLimit = "exec-limit"
  case socket
  case saveClips = "save-clips"
  case clipPreRoll = "clip-pre-roll"
  case clipPostRoll = "clip-post-roll"
  case clipQuota = "clip-quota"
  case metricsSocket = "metrics-socket"
  case metricsPort = "metrics-port"
  case metricsTextfile = "metrics-textfile"

  /// The key of the TOML file, such as `save-clips`.
  package var key: String { rawValue }

  /// The flag of the command line, such as `--save-clips`.
  package var flag: String { "--" + rawValue }

  /// The environment variable, such as `KWS_SAVE_CLIPS`.
  package var environmentName: String {
    Self.environmentPrefix + String(rawValue.uppercased().map { $0 == "-" ? "_" : $0 })
  }

  /// What every environment variable of a setting starts with.
  package static let environmentPrefix = "KWS_"

  /// What a value of the setting must be.
  package var kind: SettingKind {
    switch self {
    case .device: .text
    case .model, .record, .logFile, .socket, .saveClips, .metricsSocket, .metricsTextfile: .path
    case .threshold: .thresholds(0.001...1)
    case .targetFalseAlarmsPerDay: .number(0.001...100_000)
    case .nearMisses: .ratio(0.1...0.99)
    case .format: .choice(EventFormat.allCases.map(\.rawValue) + [Self.noFormat])
    case .logFileFormat: .choice(EventFormat.allCases.map(\.rawValue))
    case .acceptUnproven, .wallClock, .waitForDevice: .boolean
    case .silenceSeconds: .number(1...86_400)
    case .realtimePriority: .integer(0...99)
    case .exec: .command
    case .execTimeout: .number(0.1...3600)
    case .execLimit: .integer(1...64)
    case .clipPreRoll, .clipPostRoll: .number(0...30)
    case .clipQuota: .integer(1...1_000_000)
    case .metricsPort: .integer(1...65_535)
    }
  }

  /// The `format` that writes nothing.
  package static let noFormat = "none"

  /// The environment variable that names the configuration file; no setting, since a file cannot
  /// name itself.
  package static let fileEnvironmentName = environmentPrefix + "CONFIG"

  /// The ratio of near misses that are only switched on.
  package static let usualNearMissRatio: Float = 0.7

  /// Longest path of a Unix socket in bytes: `sun_path` without its zero.
  package static let socketPathLimit = 107

  /// The setting without which this one does nothing.
  package var needs: Setting? {
    switch self {
    case .acceptUnproven: .targetFalseAlarmsPerDay
    case .logFileFormat: .logFile
    case .execTimeout, .execLimit: .exec
    case .clipPreRoll, .clipPostRoll, .clipQuota: .saveClips
    default: nil
    }
  }

  /// The name as it is written where a value comes from.
  package func name(at origin: SettingOrigin) -> String {
    switch origin {
    case .builtIn, .file: key
    case .environment: environmentName
    case .flag: flag
    }
  }
}

/// What a value of a setting must be; ranges are inclusive.
package enum SettingKind: Sendable, Equatable {
  /// Any text that is not empty.
  case text

  /// The path of a file, folder or socket.
  case path

  /// One of these words.
  case choice([String])

  case boolean
  case integer(ClosedRange<Int>)
  case number(ClosedRange<Double>)

  /// A number, `word=number`, or a list of them; the range is that of the numbers.
  case thresholds(ClosedRange<Double>)

  /// Off, on, or on with a number of this range.
  case ratio(ClosedRange<Double>)

  /// A program and its arguments.
  case command
}
