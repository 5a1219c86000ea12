// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ListenerService
import ModelFormat

/// What a person wants of thresholds.
struct ThresholdRequest {
  /// False alarms per day that each keyword may give; nil for the model's own thresholds.
  var falseAlarmsPerDay: Double?

  /// Whether a target is taken that the hours do not support.
  var acceptsUnproven: Bool

  /// Thresholds that win, in the order in which they apply.
  var thresholds: [ThresholdSetting]

  /// Whether `keyword` has a threshold of its own here.
  func sets(_ keyword: String) -> Bool {
    thresholds.contains { $0.keyword == nil || $0.keyword == keyword }
  }
}

/// Why thresholds cannot be had.
enum ThresholdRequestError: Error {
  /// A threshold names a word that the model does not spot; it spots `keywords`.
  case unknownKeyword(String, keywords: [String])

  /// The model has no operating points, or none of this keyword.
  case notCalibrated(keyword: String?)

  /// The hours behind the operating points support only more false alarms per day: at least these, and
  /// the target takes this many hours.
  case unproven(
    target: Double, keywords: [String], smallestTarget: Double, hours: Double, hoursNeeded: Double)

  /// The setting that asks for it.
  var setting: Setting {
    if case .unknownKeyword = self { .threshold } else { .targetFalseAlarmsPerDay }
  }

  /// The error as the end of a sentence, without its period.
  var text: String {
    switch self {
    case .unknownKeyword(let keyword, let keywords):
      return "'\(keyword)' is no keyword of the model; it knows "
        + keywords.joined(separator: ", ")
    case .notCalibrated(nil):
      return "the model was not calibrated: 'kws calibrate' stores in it what each threshold costs"
    case .notCalibrated(let keyword?):
      return "the model was not calibrated for '\(keyword)': do it anew with 'kws calibrate', or "
        + "set its threshold with --threshold \(keyword)=x"
    case .unproven(let target, let keywords, let smallest, let hours, let hoursNeeded):
      return "\(OperatingPointsText.perDay(target)) is not proven for "
        + "\(keywords.joined(separator: ", ")): it takes "
        + "\(OperatingPointsText.hours(hoursNeeded)) without a false alarm, and the model was "
        + "calibrated on \(OperatingPointsText.hours(hours)), which support "
        + "\(OperatingPointsText.perDay(smallest.rounded(.up))) or more. Calibrate on more sound, ask "
        + "for that, or add \(Setting.acceptUnproven.flag)"
    }
  }
}

/// Thresholds as they were asked for.
struct ThresholdSelection {
  var detection: DetectionParameters

  /// What is known of the thresholds that a target chose, a line each; empty without a target.
  var notes: [String] = []

  init(_ request: ThresholdRequest, of model: QuantizedModel) throws(ThresholdRequestError) {
    detection = model.detection
    if let target = request.falseAlarmsPerDay { try choose(target, request, of: model) }
    try apply(request.thresholds, of: model)
  }

  private mutating func choose(
    _ target: Double, _ request: ThresholdRequest, of model: QuantizedModel
  ) throws(ThresholdRequestError) {
    let keywords = model.keywords.filter { !request.sets($0) }
    guard !keywords.isEmpty else { return }
    guard let points = model.operatingPoints else { throw .notCalibrated(keyword: nil) }
    var unproven: [String] = []
    var choices: [OperatingChoice] = []
    for keyword in keywords {
      let own = detection.thresholds[keyword] ?? detection.defaultThreshold
      guard let choice = points.choice(of: keyword, falseAlarmsPerDay: target, own: own) else {
        throw .notCalibrated(keyword: keyword)
      }
      detection.thresholds[keyword] = choice.threshold
      if !choice.isProven { unproven.append(keyword) }
      choices.append(choice)
    }
    if !unproven.isEmpty, !request.acceptsUnproven {
      throw .unproven(
        target: target, keywords: unproven,
        smallestTarget: unproven.compactMap { points.smallestTarget(of: $0) }.max() ?? .infinity,
        hours: points.backgroundHours,
        hoursNeeded: OperatingPoints.hoursNeeded(falseAlarmsPerDay: target))
    }
    notes = Self.notes(target, zip(keywords, choices))
  }

  /// What was asked for, what all keywords may cost together, and a line for each.
  private static func notes(
    _ target: Double, _ choices: some Sequence<(String, OperatingChoice)>
  ) -> [String] {
    let sum = choices.reduce(0) { $0 + $1.1.falseAlarmsPerDayInterval.high }
    return [
      "thresholds for at most \(OperatingPointsText.perDay(target)) false alarms per day of each "
        + "keyword, in sound like that of the calibration; all of these together at most "
        + "\(OperatingPointsText.perDay(sum)):"
    ] + choices.map(note)
  }

  /// Such as `yes: threshold 0.930: at most 279 false alarms per day (2 in 0.6 h), alone misses 0.9-11.9 % of
  /// words (3 of 70)`.
  private static func note(_ keyword: String, _ choice: OperatingChoice) -> String {
    let bound = OperatingPointsText.perDay(choice.falseAlarmsPerDayInterval.high)
    let misses =
      choice.missInterval.map { interval in
        "alone misses \(fixed(100 * interval.low, decimals: 1))-"
          + "\(fixed(100 * interval.high, decimals: 1)) % of words (\(choice.missCount) of "
          + "\(choice.wordCount))"
      } ?? "no word to miss was heard"
    return "\(keyword): threshold \(OperatingPointsText.thresholdText(choice.threshold)): at most "
      + "\(bound) false alarms per day (\(choice.falseAlarmCount) in "
      + "\(OperatingPointsText.hours(choice.backgroundHours))), \(misses)"
      + (choice.isProven ? "." : "; not proven for the target.")
  }

  /// Applies `thresholds` in their order.
  private mutating func apply(
    _ thresholds: [ThresholdSetting], of model: QuantizedModel
  ) throws(ThresholdRequestError) {
    for threshold in thresholds {
      guard let keyword = threshold.keyword else {
        detection.defaultThreshold = threshold.value
        detection.thresholds = [:]
        continue
      }
      guard model.keywords.contains(keyword) else {
        throw .unknownKeyword(keyword, keywords: model.keywords)
      }
      detection.thresholds[keyword] = threshold.value
    }
  }
}
