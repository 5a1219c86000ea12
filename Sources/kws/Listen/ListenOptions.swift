// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ListenerService

/// The settings of `kws listen` as flags, each of them optional, and where the others come from.
struct ListenOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A TOML file of settings, named as the flags are; else what KWS_CONFIG names. With a "
        + "hyphen in front the file may be missing.",
      valueName: "path"))
  var config: String?

  @Flag(
    help: "Print what every setting is and where that comes from, check what can be, and exit.")
  var checkConfig = false

  @Option(help: Setting.device.help) var device: String?
  @Option(help: Setting.model.help) var model: String?
  @Option(help: Setting.threshold.help) var threshold: [String] = []
  @Option(
    name: .customLong(Setting.targetFalseAlarmsPerDay.key),
    help: Setting.targetFalseAlarmsPerDay.help)
  var targetFalseAlarmsPerDay: String?
  @Flag(inversion: .prefixedNo, help: Setting.acceptUnproven.help) var acceptUnproven: Bool?
  @Option(help: Setting.nearMisses.help) var nearMisses: String?
  @Option(help: Setting.format.help) var format: String?
  @Flag(inversion: .prefixedNo, help: Setting.wallClock.help) var wallClock: Bool?
  @Option(help: Setting.record.help) var record: String?
  @Flag(inversion: .prefixedNo, help: Setting.waitForDevice.help) var waitForDevice: Bool?
  @Option(help: Setting.silenceSeconds.help) var silenceSeconds: String?
  @Option(help: Setting.realtimePriority.help) var realtimePriority: String?
  @Option(help: Setting.logFile.help) var logFile: String?
  @Option(help: Setting.logFileFormat.help) var logFileFormat: String?
  @Option(help: Setting.exec.help) var exec: String?
  @Option(help: Setting.execTimeout.help) var execTimeout: String?
  @Option(help: Setting.execLimit.help) var execLimit: String?
  @Option(help: Setting.socket.help) var socket: String?
  @Option(help: Setting.saveClips.help) var saveClips: String?
  @Option(help: Setting.clipPreRoll.help) var clipPreRoll: String?
  @Option(help: Setting.clipPostRoll.help) var clipPostRoll: String?
  @Option(help: Setting.clipQuota.help) var clipQuota: String?
  @Option(help: Setting.metricsSocket.help) var metricsSocket: String?
  @Option(help: Setting.metricsPort.help) var metricsPort: String?
  @Option(help: Setting.metricsTextfile.help) var metricsTextfile: String?

  /// What was given for `setting`.
  private func texts(of setting: Setting) -> [String] {
    let text: String? =
      switch setting {
      case .device: device
      case .model: model
      case .threshold: nil
      case .targetFalseAlarmsPerDay: targetFalseAlarmsPerDay
      case .acceptUnproven: acceptUnproven.map { "\($0)" }
      case .nearMisses: nearMisses
      case .format: format
      case .wallClock: wallClock.map { "\($0)" }
      case .record: record
      case .waitForDevice: waitForDevice.map { "\($0)" }
      case .silenceSeconds: silenceSeconds
      case .realtimePriority: realtimePriority
      case .logFile: logFile
      case .logFileFormat: logFileFormat
      case .exec: exec
      case .execTimeout: execTimeout
      case .execLimit: execLimit
      case .socket: socket
      case .saveClips: saveClips
      case .clipPreRoll: clipPreRoll
      case .clipPostRoll: clipPostRoll
      case .clipQuota: clipQuota
      case .metricsSocket: metricsSocket
      case .metricsPort: metricsPort
      case .metricsTextfile: metricsTextfile
      }
    return setting == .threshold ? threshold : text.map { [$0] } ?? []
  }

  /// The configuration that file, environment and flags make now; the file is read anew each time.
  ///
  /// - Parameter isService: whether a service manager started the process.
  func resolve(isService: Bool) throws(ConfigurationError) -> ResolvedConfiguration {
    let environment = ProcessEnvironment.settings
    var layers = ConfigurationLayers()
    let variable = environment.first { $0.name == Setting.fileEnvironmentName }?.value
    if let path = config ?? variable, config != nil || !path.isEmpty { layers.addFile(path) }
    layers.addEnvironment(environment)
    for setting in Setting.allCases { layers.addFlag(setting, texts(of: setting)) }
    return try layers.resolve(isService: isService)
  }
}

extension ListenOptions {
  /// `--check-config`: prints the configuration and what is wrong with it.
  func check(isService: Bool) throws {
    let check = ConfigurationCheck(resolved: try resolve(isService: isService))
    for line in check.lines { try StandardOutput.write(line: line) }
    let problems = check.problems
    guard problems.isEmpty else {
      throw CommandError(problems.joined(separator: "\nkws: "), .configuration)
    }
  }
}
