// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ListenerService

extension Setting {
  /// The help of the setting's flag: what it does, what it takes, what holds without it.
  var help: ArgumentHelp {
    var facts: [String] = []
    if let range = kind.rangeText { facts.append(range) }
    if let value = Self.shownDefault(of: self) { facts.append("default \(value)") }
    let parenthesis = facts.isEmpty ? "" : " (\(facts.joined(separator: "; ")))"
    return ArgumentHelp("\(purpose)\(parenthesis).", valueName: valueName)
  }

  private static func shownDefault(of setting: Setting) -> String? {
    switch setting {
    // Its default depends on who starts the process, which its purpose says.
    case .waitForDevice: nil
    case .device: "\"\(ListenerConfiguration().device)\""
    default: ListenerConfiguration.defaultValue(of: setting)?.plainText
    }
  }

  /// What the setting does, in one sentence without its period.
  var purpose: String {
    switch self {
    case .device: "ALSA device to listen to; kws devices lists them"
    case .model: "A model file; the built-in model if left out"
    case .threshold:
      "Score at which a keyword fires: x for all of them or word=x for one; repeatable"
    case .targetFalseAlarmsPerDay:
      "False alarms per day that each keyword may give: takes the thresholds from what 'kws calibrate' "
        + "stored in the model; --threshold wins"
    case .acceptUnproven:
      "Take such thresholds also where the hours behind them do not support the target"
    case .nearMisses:
      "Tell of scores that reached this part of their threshold and did not fire; on is "
        + fixed(Double(Self.usualNearMissRatio), decimals: 1)
    case .format: "Events on standard output: for a person, as JSON objects, keywords alone"
    case .wallClock: "Give events the time of day"
    case .record:
      "WAV file that gets what the device captured, before resampling; gaps go beside it; where "
        + "it is there already, a new one with a number"
    case .waitForDevice: "Wait for a device that is not there; on as a service, else off"
    case .silenceSeconds: "Seconds of digital zero after which the device counts as silent"
    case .realtimePriority: "Real-time priority of capture and inference; 0 is ordinary"
    case .logFile: "File to which every event is appended; opened anew on SIGHUP"
    case .logFileFormat: "Events in the log file"
    case .exec:
      "Program to run for every detection, the event as JSON on its standard input; quotes and "
        + "backslashes as in a shell, but no shell runs"
    case .execTimeout: "Seconds after which such a program is ended"
    case .execLimit: "Such programs that may run at once; more are dropped and counted"
    case .socket: "Unix socket on which any number of readers get JSON lines"
    case .saveClips: "Folder that gets a recording of every detection"
    case .clipPreRoll: "Seconds in a clip before the word"
    case .clipPostRoll: "Seconds in a clip after the word"
    case .clipQuota: "Megabytes that the clips may take; the oldest go first"
    case .metricsSocket: "Unix socket that serves metrics over HTTP"
    case .metricsPort: "Port of the loopback interface that serves metrics over HTTP"
    case .metricsTextfile: "File that gets the metrics for a text file collector"
    }
  }

  private var valueName: String {
    switch kind {
    case .text: "name"
    case .path: self == .saveClips ? "dir" : "path"
    case .choice: "format"
    case .boolean: "bool"
    case .integer, .number: "n"
    case .thresholds: "[word=]x"
    case .ratio: "ratio|on|off"
    case .command: "command"
    }
  }
}

extension SettingKind {
  /// What a value must be, as in `expected ...`.
  var expectation: String {
    switch self {
    case .text: "a text"
    case .path: "a path"
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .boolean: "true or false"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .number(let range): "a number from \(text(range))"
    case .thresholds(let range): "a number from \(text(range)), such as 0.8 or yes=0.8"
    case .ratio(let range): "true, false or a number from \(text(range))"
    case .command: "a program and its arguments"
    }
  }

  /// The range or the words for a help; nil where nothing is to be said.
  var rangeText: String? {
    switch self {
    case .choice(let words): words.joined(separator: ", ")
    case .integer(let range): "\(range.lowerBound) to \(range.upperBound)"
    case .number(let range), .ratio(let range), .thresholds(let range): text(range)
    case .text, .path, .boolean, .command: nil
    }
  }

  private func text(_ range: ClosedRange<Double>) -> String {
    "\(decimal(range.lowerBound)) to \(decimal(range.upperBound))"
  }
}

extension SettingValue {
  /// The value as it stands in a TOML file.
  var toml: String {
    switch self {
    case .text(let text): JSONLine.quoted(text)
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value), .ratio(.number(let value)): decimal(value)
    case .ratio(.on): "true"
    case .ratio(.off): "false"
    case .command(let words): JSONLine.array(words.map(JSONLine.quoted))
    case .thresholds(let thresholds):
      JSONLine.array(
        thresholds.map { threshold in
          let value = decimal(Double(threshold.value))
          return threshold.keyword.map { JSONLine.quoted("\($0)=\(value)") } ?? value
        })
    }
  }

  /// The value as a person writes it on a command line.
  fileprivate var plainText: String {
    switch self {
    case .text(let text): text
    case .boolean(let value): value ? "on" : "off"
    case .ratio(.off): "off"
    default: toml
    }
  }
}

/// `value` with the fewest of at most four decimals that tell it.
private func decimal(_ value: Double) -> String {
  for decimals in 0..<4 {
    let text = fixed(value, decimals: decimals)
    if let back = Double(text), abs(back - value) < 0.00005 { return text }
  }
  return fixed(value, decimals: 4)
}
