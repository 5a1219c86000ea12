// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import NeuralNetwork
import Quantization
import SpeechDatasets
import Storage
import Training

struct QuantizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quantize",
    abstract: "Makes an 8-bit model of a checkpoint.",
    discussion: """
      Batch normalization is folded, weights get a scale per output channel, and the range of every \
      activation comes from augmented training clips. Prints the accuracy on the validation clips of \
      the float network and of the integer engine, from reset and in-stream.

      Example:
        kws quantize trained.safetensors --data log-mel=DIR --output m.safetensors
      """)

  @Argument(help: "A checkpoint of 'kws train'.")
  var checkpoint: String

  @OptionGroup var data: DataOptions

  @Option(help: "The model file to write.")
  var output: String

  @OptionGroup var bits: BitOptions
  @OptionGroup var training: QuantizationAwareOptions
  @Flag var qat = false

  @Option(help: "Batches of 100 training clips for the ranges of activations.")
  var calibrationBatches = 20

  func validate() throws {
    guard !output.isEmpty else { throw ValidationError("--output: expected the name of a file") }
    guard (1...10_000).contains(calibrationBatches) else {
      throw ValidationError("--calibration-batches \(calibrationBatches): expected 1 to 10000")
    }
  }

  func run() throws {
    let checkpoint = try loadCheckpoint(checkpoint)
    try File.checkCanReplace(output)
    let trainingData = try TrainingData(
      sources: data.parsedSources(), keywords: data.keywordList, features: checkpoint.features,
      batchSize: 100, seed: checkpoint.provenance.seed,
      augmentation: AugmentationConfiguration.of(checkpoint) ?? AugmentationConfiguration())
    guard trainingData.labels == checkpoint.labels else {
      throw CommandError(
        "\(self.checkpoint): was trained for \(checkpoint.labels.joined(separator: " ")), but the "
          + "data give \(trainingData.labels.joined(separator: " ")). Name the same --keywords.",
        .badData)
    }
    let normalizer = FeatureNormalizer(checkpoint.normalization)
    var quantizer = try PostTrainingQuantizer(checkpoint)
    for index in 0..<min(calibrationBatches, trainingData.batchCount) {
      let batch = try trainingData.batch(epoch: 0, index: index)
      normalizer.normalize(batch)
      try quantizer.calibrate(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount)
    }
    var model: QuantizedModel
    if qat {
      let trained = try QuantizationAwareTraining(
        options: training, bitWidths: bits.bitWidths(of: checkpoint.architecture)!,
        ranges: quantizer.ranges
      ).run(from: checkpoint, data: trainingData, output: output + ".training")
      model = try TrainedQuantizer(trained).model(
        detection: .standard, provenance: checkpoint.provenance)
    } else {
      model = try quantizer.model(
        detection: .standard, provenance: checkpoint.provenance)
    }

    let network = try Network(
      architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    let float = try Validation(data: trainingData, batchSize: 100).run(
      network, normalizer: normalizer)
    let integer = try IntegerValidation(data: trainingData, model: model).run()
    model.provenance.commands.append(CommandLineText.current)
    model.provenance.accuracy = Self.lines("float", float) + Self.lines("int8", integer)
    try File.replace(output, with: model.encoded().span)
    for line in model.provenance.accuracy { try StandardOutput.write(line: line) }
    try StandardOutput.write(line: "wrote \(output): \(model.byteCount) bytes for inference")
  }

  private static func lines(_ kind: String, _ report: ValidationReport) -> [String] {
    [("from reset", report.correctFromReset), ("in-stream", report.correctInStream)].map {
      "validation, \(kind), \($0): "
        + AccuracyText.line(correct: $1, total: report.clipCount)
    }
  }
}

extension DetectionParameters {
  /// Detection parameters of a model whose thresholds nobody has calibrated yet: chosen on
  /// validation clips and continuous speech, decision 0003.
  static let standard = DetectionParameters(
    smoothingSeconds: 0.2, defaultThreshold: 0.8, minimumCount: 6, refractorySeconds: 0.75,
    rearmRatio: 0.5, rejectLabels: [KeywordTask.silenceLabel, KeywordTask.unknownLabel])
}
