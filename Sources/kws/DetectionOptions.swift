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

  /// The model's detection parameters with the options applied.
  func apply(to model: QuantizedModel) throws -> DetectionParameters {
    var detection = model.detection
    for text in thresholds {
      guard case .thresholds(let settings)? = try? Setting.threshold.kind.value(text) else {
        throw ValidationError(
          "--threshold \(text): expected \(Setting.threshold.kind.expectation)")
      }
      do throws(UnknownKeyword) {
        try detection.apply(settings, of: model)
      } catch {
        throw ValidationError("--threshold \(text): \(error.text)")
      }
    }
    return detection
  }
}

/// A threshold names a word that the model does not spot.
struct UnknownKeyword: Error {
  var keyword: String

  /// What the model spots.
  var keywords: [String]

  /// The error as the end of a sentence.
  var text: String {
    "'\(keyword)' is no keyword of the model; it knows " + keywords.joined(separator: ", ")
  }
}

extension DetectionParameters {
  /// Applies `thresholds` of a listener to `model` in their order.
  mutating func apply(
    _ thresholds: [ThresholdSetting], of model: QuantizedModel
  ) throws(UnknownKeyword) {
    let keywords = model.keywords
    for threshold in thresholds {
      guard let keyword = threshold.keyword else {
        defaultThreshold = threshold.value
        self.thresholds = [:]
        continue
      }
      guard keywords.contains(keyword) else {
        throw UnknownKeyword(keyword: keyword, keywords: keywords)
      }
      self.thresholds[keyword] = threshold.value
    }
  }
}
