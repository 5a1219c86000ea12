// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import Storage
import Training

/// Where the training of a derived network starts.
enum TrainingStart: String, CaseIterable, ExpressibleByArgument {
  /// The supernet's weights.
  case inherited

  /// Random weights.
  case scratch
}

/// Trains what a search found, from the supernet's weights and from random ones, and keeps what
/// validation says is better.
struct SearchedTraining {
  let folder: String
  let data: TrainingData
  let configuration: TrainingConfiguration
  let attribution: String
  let threadCount: Int?

  /// A finished training.
  struct Result {
    var start: TrainingStart
    var path: String
    var checkpoint: Checkpoint
    var validation: ValidationReport
  }

  func path(_ start: TrainingStart) -> String { "\(folder)/\(start.rawValue).safetensors" }

  /// Where the better one is copied to.
  var bestPath: String { "\(folder)/trained.safetensors" }

  /// Trains, or goes on where an earlier process was stopped.
  func run(_ starts: [TrainingStart], derived: Checkpoint) throws -> [Result] {
    var results: [Result] = []
    for start in starts {
      let path = path(start)
      let trainer = try trainer(start, derived: derived)
      if let threadCount { trainer.network.threadCount = threadCount }
      printError("training from \(start == .scratch ? "scratch" : "inherited weights")")
      try TrainingRun(
        trainer: trainer, output: path, attribution: attribution,
        commands: derived.provenance.commands,
        report: try TrainingReport(
          trainer, command: derived.provenance.commands.joined(separator: "\n"),
          in: ReportFolder("\(folder)/\(start.rawValue)"))
      ).run()
      results.append(
        Result(
          start: start, path: path, checkpoint: try loadCheckpoint(path),
          validation: try Validation(data: data, batchSize: configuration.batchSize)
            .run(trainer.network, normalizer: FeatureNormalizer(data.normalization))))
    }
    if let best = Self.best(results) {
      try File.replace(bestPath, with: best.checkpoint.encoded().span)
    }
    return results
  }

  /// A training at its start, or where an earlier process was stopped.
  private func trainer(_ start: TrainingStart, derived: Checkpoint) throws -> Trainer {
    let path = path(start)
    if File.isRegular(path) {
      let checkpoint = try loadCheckpoint(path)
      do throws(TrainingError) {
        return try Trainer(
          resuming: checkpoint, architecture: derived.architecture, data: data,
          configuration: configuration)
      } catch {
        throw error.commandError(at: path)
      }
    }
    switch start {
    case .inherited:
      return try Trainer(
        startingFrom: derived, ranges: [:], data: data, configuration: configuration)
    case .scratch:
      return try Trainer(
        architecture: derived.architecture, data: data, configuration: configuration)
    }
  }

  /// The training with more validation clips right, both from reset and in-stream counted; of equal
  /// ones the first.
  static func best(_ results: [Result]) -> Result? {
    results.reversed().max { first, second in
      first.validation.correctFromReset + first.validation.correctInStream
        < second.validation.correctFromReset + second.validation.correctInStream
    }
  }
}
