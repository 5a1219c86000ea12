// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import NeuralNetwork
import SpeechDatasets
import Storage
import Threads
import Training

/// Runs a trainer to its last epoch, with a checkpoint after every one and progress on standard
/// error. An interrupt ends it within a step; what is written then is whole.
struct TrainingRun {
  let trainer: Trainer

  /// The checkpoint file.
  let output: String

  /// Who must be named for the data.
  let attribution: String

  /// The commands that led here, the last one this.
  let commands: [String]

  /// Gets every epoch, once its checkpoint is written.
  var report: TrainingReport?

  /// The newest checkpoint, where an epoch was run.
  @discardableResult func run() throws -> Checkpoint? {
    let (firstEpoch, epochCount) = (trainer.epoch, trainer.configuration.epochCount)
    printError(
      "\(trainer.network.architecture.name): \(trainer.data.clipCount) clips an epoch, "
        + "\(trainer.data.labels.count) classes, epoch \(firstEpoch) of \(epochCount) done")
    StopRequest.listen()
    var progress = TrainingProgress(
      firstEpoch: firstEpoch, epochCount: epochCount, batchCount: trainer.data.batchCount,
      clipCount: trainer.data.clipCount)
    var newest: Checkpoint?
    var page = report
    while !trainer.isFinished {
      let epoch = trainer.epoch
      let report = try trainer.runEpoch(now: monotonicSeconds) { batch, loss in
        progress.step(epoch: epoch, batch: batch, loss: loss)
        return !StopRequest.isSet
      }
      guard let report else {
        throw CommandError(
          "stopped in epoch \(epoch + 1); "
            + (epoch == 0
              ? "no epoch was finished, so nothing was written."
              : "\(output) holds epoch \(epoch): go on with the same command and --resume."),
          .interrupted)
      }
      let checkpoint = trainer.checkpoint(provenance: provenance(report))
      try File.replace(output, with: checkpoint.encoded().span)
      progress.epoch(report)
      try page?.add(report)
      newest = checkpoint
    }
    return newest
  }

  private func provenance(_ report: EpochReport) -> Provenance {
    let validation = report.validation
    let kind = trainer.configuration.bitWidths == nil ? "float" : "integers simulated"
    return Provenance(
      license: "CC-BY-4.0", attribution: attribution, datasetDigest: trainer.data.digest,
      commands: commands, seed: trainer.configuration.seed,
      accuracy: [
        ("from reset", validation.accuracyFromReset), ("in-stream", validation.accuracyInStream),
      ].map {
        "validation, \(kind), \($0): \(percent($1)) of \(validation.clipCount) clips"
      })
  }
}
