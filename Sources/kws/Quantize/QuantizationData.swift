// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import NeuralNetwork
import Quantization
import SpeechDatasets
import Training

/// The clips that quantization looks at: training clips for calibration, validation clips to judge.
struct QuantizationData {
  /// Clips of a batch, as in the training that made the checkpoint.
  let batchSize: Int

  let training: TrainingData
  let normalizer: FeatureNormalizer

  /// - Parameter path: of the checkpoint, for the error's text.
  init(_ options: DataOptions, checkpoint: Checkpoint, path: String) throws {
    batchSize = TrainingConfiguration.of(checkpoint)?.batchSize ?? 100
    training = try TrainingData(
      sources: options.parsedSources(), keywords: options.keywordList,
      features: checkpoint.features, batchSize: batchSize, seed: checkpoint.provenance.seed,
      augmentation: AugmentationConfiguration.of(checkpoint) ?? AugmentationConfiguration())
    guard training.labels == checkpoint.labels else {
      throw CommandError(
        "\(path): was trained for \(checkpoint.labels.joined(separator: " ")), but the "
          + "data give \(training.labels.joined(separator: " ")). Name the same --keywords.",
        .badData)
    }
    normalizer = FeatureNormalizer(checkpoint.normalization)
  }

  /// The first training batches, normalized.
  func calibrationBatches(_ count: Int) throws -> [Batch] {
    try (0..<min(count, training.batchCount)).map { index in
      let batch = try training.batch(epoch: 0, index: index)
      normalizer.normalize(batch)
      return batch
    }
  }

  /// Validation batches at even distances with some thousand clips, normalized; all clips of a set
  /// smaller than a batch.
  func sensitivityBatches() throws -> [LayerSensitivity.Clips] {
    let total = max(training.fullValidationBatchCount, 1)
    let count = max(1000 / batchSize, 1)
    return try (0..<min(count, total)).map { index in
      let batch = try training.validationBatch(index * total / min(count, total))
      normalizer.normalize(batch)
      return LayerSensitivity.Clips(
        features: batch.features, labels: batch.labels, frameCount: batch.frameCount)
    }
  }

  /// What a network in single precision decides.
  func decisions(_ network: Network) throws -> ValidationDecisions {
    try Validation(data: training, batchSize: batchSize).decisions(
      network, normalizer: normalizer)
  }
}
