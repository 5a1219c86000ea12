// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import Storage
import Threads
import Training

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network on a data set and writes a checkpoint after every epoch.",
    discussion: """
      A run that was stopped, killed or cut off goes on with the same command and --resume, and \
      gives the same result bit for bit. The seed decides every draw.

      An architecture that goes by a name brings the features that it is meant for: the ds-cnn-*, \
      wm1.25_3 and derived 10 MFCCs at hop 320, mfcc20_4 20 MFCCs at hop 320, the others 40 log-mel \
      bins at hop 160.

      Examples, 12 classes from precomputed log-mel spectra:
        kws train --data log-mel=DIR --epochs 40 --output trained.safetensors
        kws train --data log-mel=DIR --architecture ds-cnn-s --output ds.safetensors
      """)

  @OptionGroup var data: DataOptions

  @OptionGroup var features: FeatureOptions

  @Option(help: "Who must be named for the data; stored in the model.")
  var attribution = "Speech Commands, P. Warden, Google, CC BY 4.0"

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

  @Option(help: "Epochs of linear warm-up; 2 if left out, or half of a shorter run.")
  var warmUp: Float?

  @Option(help: "sgd has Nesterov momentum 0.9.")
  var optimizer = OptimizerKind.sgd

  @Option(help: "L2 decay of weights.")
  var weightDecay: Float = 1e-3

  @Option(help: "Label smoothing.")
  var labelSmoothing: Float = 0.1

  @OptionGroup var bits: BitOptions

  @OptionGroup var teaching: TeacherOptions

  @Option(
    help:
      "How far clips are varied in level and by masks; far has levels down to -25 dB, moderate and light suit short runs."
  )
  var augmentation = AugmentationStrength.standard

  @Option(
    help: ArgumentHelp(
      """
      Show the network running speech, too, put together from halves and wholes of words, as unknown: \
      this many clips per clip of a keyword, such as 0.1.
      """, valueName: "part"))
  var splicedSpeech: Float?

  @Option(help: "Seed of every draw.")
  var seed: UInt64 = 1

  @Option(help: "Threads; all processors if left out. The result does not depend on it.")
  var threads: Int?

  @Option(
    help: ArgumentHelp(
      "Write a page to read, report.html, with the course of the training; anew after every epoch.",
      valueName: "dir"))
  var report: String?

  @Flag(help: "Go on from the checkpoint in --output.")
  var resume = false

  @Flag(help: "Replace the file of --output, where there is one.")
  var overwrite = false

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output: expected the name of a file") }
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    if let splicedSpeech, !(splicedSpeech > 0 && splicedSpeech <= 2) {
      throw ValidationError("--spliced-speech \(splicedSpeech): expected above 0, up to 2")
    }
    if resume && overwrite {
      throw ValidationError("--resume goes on from the file that --overwrite replaces: give one")
    }
  }

  func run() throws {
    var configuration = TrainingConfiguration(
      epochCount: epochs, batchSize: batch, learningRate: learningRate,
      warmUpEpochCount: warmUp ?? min(2, Float(epochs) / 2), optimizer: optimizer,
      weightDecay: weightDecay, labelSmoothing: labelSmoothing, seed: seed)
    try configuration.validate()
    try File.checkCanReplace(output)
    let folder = try report.map { try ReportFolder($0) }
    guard resume || overwrite || !File.isRegular(output) else {
      throw CommandError(
        "\(output): is there already. Go on with it by --resume, replace it by --overwrite, or name "
          + "another file.", .usage)
    }
    var draws = AugmentationConfiguration(augmentation)
    draws.splicedSpeech = splicedSpeech
    let trainingData = try TrainingData(
      sources: data.parsedSources(), keywords: data.keywordList,
      features: features.configuration(for: architecture),
      batchSize: batch, seed: seed, augmentation: draws)
    let architecture = try loadArchitecture(
      architecture, coefficientCount: trainingData.features.coefficientCount,
      windowFrameCount: trainingData.frameCount, labels: trainingData.labels)
    configuration.bitWidths = try bits.bitWidths(of: architecture)
    let teacher = try teaching.teacher(for: trainingData)
    configuration.distillation = teacher?.distillation
    let trainer =
      if resume {
        try resumed(
          architecture: architecture, data: trainingData, configuration: configuration,
          teacher: teacher)
      } else {
        try Trainer(
          architecture: architecture, data: trainingData, configuration: configuration,
          teacher: teacher)
      }
    if let threads { trainer.network.threadCount = threads }
    try train(trainer, folder)
  }

  private func resumed(
    architecture: Architecture, data: TrainingData, configuration: TrainingConfiguration,
    teacher: Teacher?
  ) throws -> Trainer {
    let checkpoint = try loadCheckpoint(output)
    do throws(TrainingError) {
      return try Trainer(
        resuming: checkpoint, architecture: architecture, data: data,
        configuration: configuration, teacher: teacher)
    } catch {
      throw error.commandError(at: output)
    }
  }

  private func train(_ trainer: Trainer, _ folder: ReportFolder?) throws {
    guard !trainer.isFinished else {
      return try StandardOutput.write(
        line: "\(output) is finished already: it holds epoch \(trainer.epoch) of \(epochs)")
    }
    try TrainingRun(
      trainer: trainer, output: output, attribution: attribution,
      commands: [CommandLineText.ofResult],
      report: folder.map {
        try TrainingReport(trainer, command: CommandLineText.current, in: $0)
      }
    ).run()
    try StandardOutput.write(line: "wrote \(output)")
    if let folder { try StandardOutput.write(line: "wrote \(folder.page)") }
  }
}

extension OptimizerKind: ExpressibleByArgument {}
extension AugmentationStrength: ExpressibleByArgument {}
