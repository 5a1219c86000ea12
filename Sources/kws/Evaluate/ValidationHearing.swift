// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import Training

/// Lets models and checkpoints decide the validation clips of data sources, each on its own features.
struct ValidationHearing {
  let sources: [DataSource]
  let start: ClipStart

  /// Clips of a batch, for a model whose training is not known.
  private static let batchSize = 100

  /// One outcome per clip, sorted by name, so that those of models whose labels or features differ can
  /// be paired.
  ///
  /// In-stream a clip follows another in the order of the data's labels, and which one also depends on
  /// the batch: the engine hears one stream, a checkpoint as many as its training had.
  func outcomes(_ network: ClipNetwork) throws -> [ClipOutcome] {
    let data: TrainingData
    let decisions: ValidationDecisions
    switch network.kind {
    case .integers(let model, _):
      data = try self.data(network, features: model.features, batchSize: Self.batchSize)
      decisions = try IntegerValidation(data: data, model: model).run()
    case .real(let checkpoint):
      let batchSize = TrainingConfiguration.of(checkpoint)?.batchSize ?? Self.batchSize
      data = try self.data(network, features: checkpoint.features, batchSize: batchSize)
      decisions = try Validation(data: data, batchSize: batchSize).decisions(
        Network.of(checkpoint),
        normalizer: FeatureNormalizer(checkpoint.normalization))
    }
    // The data's labels are the model's, perhaps in another order.
    let labels = data.labels.map { network.labels.firstIndex(of: $0)! }
    let heard = start == .inStream ? decisions.inStream : decisions.fromReset
    let outcomes = zip(data.validationNames, zip(decisions.labels, heard)).map { name, clip in
      ClipOutcome(
        clip: ClipFolder.Clip(path: name, label: labels[clip.0]),
        posteriors: clip.1.posteriors)
    }
    return outcomes.sorted { $0.clip.path < $1.clip.path }
  }

  /// The task of the network's labels.
  private func data(
    _ network: ClipNetwork, features: FeatureConfiguration, batchSize: Int
  ) throws -> TrainingData {
    let rest = [KeywordTask.silenceLabel, KeywordTask.unknownLabel]
    guard rest.allSatisfy(network.labels.contains) else {
      throw CommandError(
        "--data: has clips of \(rest.joined(separator: " and ")), expected by no label of the model: "
          + "\(network.labels.joined(separator: ", ")).", .badData)
    }
    return try TrainingData(
      sources: sources, keywords: network.labels.filter { !rest.contains($0) },
      features: features, batchSize: batchSize, seed: 0)
  }
}
