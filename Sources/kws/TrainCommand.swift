// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import Storage
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on a data set and writes a checkpoint after every epoch.",
    discussion: """
      A run that was stopped, killed or cut off goes on with the same command and --resume, and \
      gives the same result bit for bit. The seed decides every draw.

      Example, 12 classes from precomputed log-mel spectra:
        kws train --data log-mel=DIR --epochs 40 --output checkpoint.safetensors
      """)

  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "A name (\(ArchitectureCatalog.allCases.map(\.rawValue).joined(separator: ", "))) or a JSON file.",
      valueName: "name|file"))
  var architecture = ArchitectureCatalog.default.rawValue

  @Option(help: "The checkpoint file to write.")
  var output: String

  @Option(help: "Passes over the training set.")
  var epochs = 40

  @Option(help: "Clips per step.")
  var batch = 100

  @Option(help: "Peak learning rate.")
  var learningRate: Float = 0.1

  @Option(help: "Epochs of linear warm-up.")
  var warmUp: Float = 2

  @Option(help: "sgd (Nesterov momentum 0.9) or adam.")
  var optimizer = "sgd"

  @Option(help: "L2 decay of weights.")
  var weightDecay: Float = 1e-3

  @Option(help: "Label smoothing.")
  var labelSmoothing: Float = 0.1

  @Option(help: "Seed of every draw.")
  var seed: UInt64 = 1

  @Option(help: "Threads; all processors if left out. The result does not depend on it.")
  var threads: Int?

  @Flag(help: "Go on from the checkpoint in --output.")
  var resume = false

  func run() throws {
    guard let optimizer = OptimizerKind(rawValue: optimizer) else {
      throw ValidationError("--optimizer \(optimizer): expected sgd or adam")
    }
    let configuration = TrainingConfiguration(
      epochCount: epochs, batchSize: batch, learningRate: learningRate, warmUpEpochCount: warmUp,
      optimizer: optimizer, weightDecay: weightDecay, labelSmoothing: labelSmoothing, seed: seed)
    try configuration.validate()
    let trainingData = try TrainingData(
      sources: data.parsedSources(), keywords: data.keywordList, features: data.features,
      batchSize: batch, seed: seed)
    let architecture = try loadArchitecture(
      architecture, coefficientCount: trainingData.features.coefficientCount,
      windowFrameCount: trainingData.frameCount, labelCount: trainingData.labels.count)
    let trainer =
      if resume {
        try Trainer(
          resuming: loadCheckpoint(output), architecture: architecture, data: trainingData,
          configuration: configuration)
      } else {
        try Trainer(architecture: architecture, data: trainingData, configuration: configuration)
      }
    if let threads { trainer.network.threadCount = max(1, threads) }
    try train(trainer)
  }

  private func train(_ trainer: Trainer) throws {
    printError(
      "\(trainer.network.architecture.name): \(trainer.data.clipCount) clips an epoch, "
        + "\(trainer.data.labels.count) classes, epoch \(trainer.epoch) of \(epochs) done")
    StopRequest.listen()
    var progress = TrainingProgress(
      firstEpoch: trainer.epoch, epochCount: epochs, batchCount: trainer.data.batchCount,
      batchSize: batch)
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
      progress.epoch(report)
      let checkpoint = trainer.checkpoint(provenance: provenance(trainer.data, report))
      try File.replace(output, with: checkpoint.encoded().span)
    }
    print("wrote \(output)")
  }

  private func provenance(_ data: TrainingData, _ report: EpochReport) -> Provenance {
    let validation = report.validation
    return Provenance(
      license: "CC-BY-4.0", attribution: self.data.attribution, datasetDigest: data.digest,
      commands: [CommandLineText.current], seed: seed,
      accuracy: [
        "validation, float, from reset: \(percent(validation.accuracyFromReset)) of "
          + "\(validation.clipCount) clips",
        "validation, float, in-stream: \(percent(validation.accuracyInStream)) of "
          + "\(validation.clipCount) clips",
      ])
  }
}

/// The architecture that goes by `name`, or the one in the JSON file of that name.
func loadArchitecture(
  _ name: String, coefficientCount: Int, windowFrameCount: Int, labelCount: Int
) throws -> Architecture {
  if let entry = ArchitectureCatalog(rawValue: name) {
    return entry.architecture(
      coefficientCount: coefficientCount, windowFrameCount: windowFrameCount,
      labelCount: labelCount)
  }
  guard name.hasSuffix(".json") else {
    throw ValidationError(
      "--architecture \(name): expected a JSON file or one of "
        + ArchitectureCatalog.allCases.map(\.rawValue).joined(separator: ", "))
  }
  let bytes = try File.read(name, limit: 1 << 24)
  do {
    return try JSONDecoder().decode(Architecture.self, from: Data(bytes))
  } catch {
    throw CommandError("\(name): not an architecture: \(error)", .badData)
  }
}
