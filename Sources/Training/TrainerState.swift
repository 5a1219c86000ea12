// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
package import ModelFormat
package import SpeechDatasets

/// A trainer's own values in a checkpoint's state, and whether they belong to this run.
enum TrainerState {
  private static let epochKey = "epoch"
  fileprivate static let configurationKey = "configuration"
  fileprivate static let dataKey = "data"

  static func encode(
    epoch: Int, configuration: TrainingConfiguration, data: TrainingData
  ) -> [String: String] {
    [
      epochKey: "\(epoch)", configurationKey: text(configuration),
      dataKey: data.drawDescription,
    ]
  }

  /// Epochs done, of `epochCount`, when the checkpoint was written.
  static func epoch(
    of checkpoint: Checkpoint, epochCount: Int
  ) throws(TrainingError) -> Int {
    guard let text = checkpoint.state[epochKey] else { throw .notResumable(missing: epochKey) }
    guard let epoch = Int(text), (0...epochCount).contains(epoch) else {
      throw .epoch(found: text, 0...epochCount)
    }
    return epoch
  }

  /// Checks that going on from `checkpoint` is the same training.
  static func check(
    _ checkpoint: Checkpoint, architecture: Architecture, data: TrainingData,
    configuration: TrainingConfiguration
  ) throws(TrainingError) {
    guard let stored = checkpoint.state[configurationKey] else {
      throw .notResumable(missing: configurationKey)
    }
    guard let storedData = checkpoint.state[dataKey] else { throw .notResumable(missing: dataKey) }
    try same("architectures", checkpoint.architecture.name, architecture.name)
    guard architecture == checkpoint.architecture else {
      throw .mismatch(
        field: "architectures", expected: "the layers of '\(architecture.name)'",
        found: "other layers under that name")
    }
    try same("training options", configurationKey, stored, configuration)
    try same("data options", dataKey, storedData, data.augmentation)
    try same(
      "data set (SHA-256 of its index)", checkpoint.provenance.datasetDigest, data.digest)
    try same(
      "labels", checkpoint.labels.joined(separator: " "), data.labels.joined(separator: " "))
    let features = FieldDifferences(checkpoint.features, data.features)
    try same("features", features.expected, features.found)
    guard checkpoint.normalization == data.normalization else {
      throw .mismatch(
        field: "normalizations of the features", expected: "one", found: "that of other data")
    }
  }

  /// Compares the options that were stored under `key` and names those that differ, and only those.
  private static func same<Options: Decodable>(
    _ field: String, _ key: String, _ stored: String, _ found: Options
  ) throws(TrainingError) {
    guard let old = try? JSONDecoder().decode(Options.self, from: Data(stored.utf8))
    else { throw .notResumable(missing: key) }
    let differences = FieldDifferences(old, found)
    try same(field, differences.expected, differences.found)
  }

  private static func same(
    _ field: String, _ expected: String, _ found: String
  ) throws(TrainingError) {
    guard expected == found else {
      throw .mismatch(field: field, expected: expected, found: found)
    }
  }

  private static func text(_ configuration: TrainingConfiguration) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A structure of finite numbers, which validate() has checked.
    return String(decoding: try! encoder.encode(configuration), as: UTF8.self)
  }
}

extension TrainingConfiguration {
  /// The options of the run that wrote a checkpoint; nil for a checkpoint without them.
  package static func of(_ checkpoint: Checkpoint) -> TrainingConfiguration? {
    checkpoint.state[TrainerState.configurationKey].flatMap {
      try? JSONDecoder().decode(TrainingConfiguration.self, from: Data($0.utf8))
    }
  }
}

extension AugmentationConfiguration {
  /// How the run that wrote a checkpoint varied its clips; nil for a checkpoint without that.
  package static func of(_ checkpoint: Checkpoint) -> AugmentationConfiguration? {
    checkpoint.state[TrainerState.dataKey].flatMap {
      try? JSONDecoder().decode(AugmentationConfiguration.self, from: Data($0.utf8))
    }
  }
}
