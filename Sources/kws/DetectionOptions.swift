// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat

/// Options that change when a model's posteriors become a detection.
struct DetectionOptions: ParsableArguments {
  @Option(
    name: .customLong("threshold"),
    help: ArgumentHelp(
      "Score at which a keyword fires, 0 to 1; x for all of them or word=x for one. Repeatable.",
      valueName: "[word=]x"))
  var thresholds: [String] = []

  /// The model's detection parameters with the options applied.
  func apply(to model: QuantizedModel) throws -> DetectionParameters {
    var detection = model.detection
    for text in thresholds {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard let value = parts.last.flatMap(Float.init), (0.001...1).contains(value) else {
        throw ValidationError(
          "--threshold \(text): expected a number from 0.001 to 1, such as 0.8 or yes=0.8")
      }
      if parts.count == 1 {
        detection.defaultThreshold = value
        detection.thresholds = [:]
      } else {
        guard model.labels.contains(parts[0]), !detection.rejectLabels.contains(parts[0]) else {
          throw ValidationError(
            "--threshold \(text): '\(parts[0])' is no keyword of the model; it knows "
              + model.labels.filter { !detection.rejectLabels.contains($0) }
              .joined(separator: ", "))
        }
        detection.thresholds[parts[0]] = value
      }
    }
    return detection
  }
}
