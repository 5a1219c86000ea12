// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ListenerService
import ModelFormat

/// Options that change at which scores a model's keywords fire.
struct ThresholdOptions: ParsableArguments {
  @Option(
    name: .customLong("threshold"),
    help: ArgumentHelp(
      "Score at which a keyword fires, 0 to 1; x for all of them or word=x for one. Repeatable.",
      valueName: "[word=]x"))
  var thresholds: [String] = []

  @Option(
    name: .customLong(Setting.targetFalseAlarmsPerDay.key),
    help: Setting.targetFalseAlarmsPerDay.help)
  var targetFalseAlarmsPerDay: String?

  @Flag(help: Setting.acceptUnproven.help) var acceptUnproven = false

  /// Whether any of them is.
  var isGiven: Bool {
    !thresholds.isEmpty || targetFalseAlarmsPerDay != nil || acceptUnproven
  }

  /// The model's detection parameters with the options applied, and what there is to say about it.
  func apply(to model: QuantizedModel) throws -> ThresholdSelection {
    var request = ThresholdRequest(
      falseAlarmsPerDay: try targetFalseAlarmsPerDay.map(Self.target),
      acceptsUnproven: acceptUnproven, thresholds: [])
    for text in thresholds {
      guard case .thresholds(let settings)? = try? Setting.threshold.kind.value(text) else {
        throw ValidationError(
          "--threshold \(text): expected \(Setting.threshold.kind.expectation)")
      }
      request.thresholds += settings
    }
    do throws(ThresholdRequestError) {
      return try ThresholdSelection(request, of: model)
    } catch {
      throw ValidationError("\(error.setting.flag): \(error.text)")
    }
  }

  private static func target(_ text: String) throws -> Double {
    let setting = Setting.targetFalseAlarmsPerDay
    guard case .number(let value)? = try? setting.kind.value(text) else {
      throw ValidationError("\(setting.flag) \(text): expected \(setting.kind.expectation)")
    }
    return value
  }
}
