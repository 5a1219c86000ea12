// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import Storage
import Training

/// The options of quantization-aware training, as `quantize --method qat` takes them. What is left
/// open is as in the training that made the checkpoint.
struct QuantizationAwareOptions: ParsableArguments {
  @Option(help: "Quantization-aware training: passes over the training set.")
  var epochs = 10

  @Option(
    help: """
      Quantization-aware training: learning rate at its start; a cosine takes it to zero. Left out, \
      half of the peak of the training that made the checkpoint.
      """)
  var learningRate: Float?

  @Option(
    help: """
      Quantization-aware training: where its own checkpoint goes after every epoch. Left out, \
      beside --output with '.training' behind its name.
      """)
  var trainingCheckpoint: String?

  @Flag(help: "Quantization-aware training: go on from its checkpoint.")
  var resume = false

  @OptionGroup var teaching: TeacherOptions

  var plan: QuantizationAwarePlan {
    QuantizationAwarePlan(
      epochCount: epochs, learningRate: learningRate, resumes: resume, teaching: teaching)
  }
}

/// How long and how fast a network is trained with its integers.
struct QuantizationAwarePlan {
  var epochCount: Int

  /// At the start; nil for half of the peak of the training that made the checkpoint.
  var learningRate: Float?

  /// Whether it goes on from its checkpoint.
  var resumes: Bool

  /// Whose answers are learnt, too.
  var teaching: TeacherOptions?
}

/// Trains a network of real numbers on with the integers that it is to have.
struct QuantizationAwareTraining {
  let plan: QuantizationAwarePlan
  let bitWidths: BitWidths

  /// Ranges that calibration found, for the start.
  let ranges: [String: ClosedRange<Float>]

  /// - Parameter output: the checkpoint's file.
  /// - Returns: the finished checkpoint.
  func run(from checkpoint: Checkpoint, data: TrainingData, output: String) throws -> Checkpoint {
    var configuration = try configuration(of: checkpoint)
    let teacher = try plan.teaching.flatMap { try $0.teacher(for: data) }
    configuration.distillation = teacher?.distillation
    try File.checkCanReplace(output)
    if !plan.resumes { try refuseToLose(output) }
    let trainer: Trainer
    if plan.resumes {
      let own = try loadCheckpoint(output)
      do throws(TrainingError) {
        trainer = try Trainer(
          resuming: own, architecture: checkpoint.architecture, data: data,
          configuration: configuration, teacher: teacher)
      } catch {
        throw error.commandError(at: output)
      }
    } else {
      trainer = try Trainer(
        startingFrom: checkpoint, ranges: ranges, data: data, configuration: configuration,
        teacher: teacher)
    }
    let run = TrainingRun(
      trainer: trainer, output: output, attribution: checkpoint.provenance.attribution,
      commands: checkpoint.provenance.commands + [CommandLineText.current])
    return try run.run() ?? loadCheckpoint(output)
  }

  /// A training that was stopped may have taken hours; a finished one is in its model.
  private func refuseToLose(_ path: String) throws {
    guard File.isRegular(path), let old = try loadIfCheckpoint(path),
      let epochCount = TrainingConfiguration.of(old)?.epochCount,
      let epoch = old.state["epoch"].flatMap({ Int($0) }), epoch < epochCount
    else { return }
    throw CommandError(
      "\(path): holds epoch \(epoch) of \(epochCount) of a training that was stopped. Go on with it by "
        + "--resume, remove it, or name another --training-checkpoint.", .usage)
  }

  private func configuration(of checkpoint: Checkpoint) throws -> TrainingConfiguration {
    var configuration =
      TrainingConfiguration.of(checkpoint)
      ?? TrainingConfiguration(epochCount: plan.epochCount, seed: checkpoint.provenance.seed)
    configuration.epochCount = plan.epochCount
    configuration.learningRate = plan.learningRate ?? configuration.learningRate / 2
    configuration.warmUpEpochCount = 0
    configuration.bitWidths = bitWidths
    try configuration.validate()
    return configuration
  }
}
