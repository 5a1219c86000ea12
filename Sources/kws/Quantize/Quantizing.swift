// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import NeuralNetwork
import Quantization
import SpeechDatasets
import Training

/// How a checkpoint becomes integers.
enum QuantizationMethod: String, ExpressibleByArgument, CaseIterable {
  /// Rounded after training.
  case ptq

  /// Trained on with the integers that it is to have.
  case qat

  /// As the training that made the checkpoint has simulated it.
  case trained
}

/// A checkpoint on its way to a model.
struct Quantizing {
  let checkpoint: Checkpoint
  let data: QuantizationData

  /// Batches that correct and calibrate.
  let calibrationBatchCount: Int

  /// The simulation in training's terms, and the model of the same integers.
  struct Result {
    var simulation: Network
    var model: QuantizedModel
  }

  func ptq(_ bitWidths: BitWidths) throws -> Result {
    let quantizer = try calibrated(bitWidths)
    return Result(
      simulation: try quantizer.simulation(),
      model: try quantizer.model(detection: .standard, provenance: provenance(of: checkpoint)))
  }

  /// - Parameter output: of the training's own checkpoint.
  func qat(
    _ bitWidths: BitWidths, plan: QuantizationAwarePlan, output: String
  ) throws -> Result {
    let training = QuantizationAwareTraining(
      plan: plan, bitWidths: bitWidths, ranges: try calibrated(bitWidths).ranges)
    let trained = try training.run(from: checkpoint, data: data.training, output: output)
    return try result(of: trained, provenance: trained.provenance)
  }

  func trained() throws -> Result {
    try result(of: checkpoint, provenance: provenance(of: checkpoint))
  }

  private func result(of trained: Checkpoint, provenance: Provenance) throws -> Result {
    let quantizer = try TrainedQuantizer(trained)
    return Result(
      simulation: quantizer.network,
      model: try quantizer.model(detection: .standard, provenance: provenance))
  }

  private func calibrated(_ bitWidths: BitWidths) throws -> PostTrainingQuantizer {
    var quantizer = try PostTrainingQuantizer(
      checkpoint, bitWidths: bitWidths, batchSize: data.batchSize)
    let batches = try data.calibrationBatches(calibrationBatchCount)
    for batch in batches {
      quantizer.correct(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
        continues: batch.continues)
    }
    if let batch = batches.first {
      quantizer.correctLogits(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount)
    }
    for batch in batches {
      try quantizer.calibrate(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount)
    }
    return quantizer
  }

  private func provenance(of checkpoint: Checkpoint) -> Provenance {
    var provenance = checkpoint.provenance
    provenance.commands.append(CommandLineText.current)
    return provenance
  }
}
