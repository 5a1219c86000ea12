// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ListenerService
import ModelFormat

/// Options that change when a model's posteriors become a detection.
struct DetectionOptions: ParsableArguments {
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

  @Option(help: Setting.nearMisses.help) var nearMisses: String?

  /// The part of a threshold at which near misses start; nil where none are asked for.
  func nearMissRatio() throws -> Float? {
    guard let nearMisses else { return nil }
    guard case .ratio(let ratio)? = try? Setting.nearMisses.kind.value(nearMisses) else {
      throw ValidationError(
        "--near-misses \(nearMisses): expected \(Setting.nearMisses.kind.expectation)")
    }
    return ratio.nearMissRatio
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
