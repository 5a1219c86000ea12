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
    abstract: "Makes a model in integers of a checkpoint, with weights of 8 bits down to 1.",
    discussion: """
      --method ptq rounds the weights, corrects what that did to the statistics of normalization, \
      and takes the range of every activation from augmented training clips. --method qat trains on \
      with the integers, which few bits need. A checkpoint of 'kws train --weight-bits' becomes the \
      integers that it was trained with. Left out, the method is ptq, or as trained.

      Prints the accuracy on the validation clips before and after, from reset and in-stream, for \
      each class, and which layers cost most. A model that loses more than --max-loss points is not \
      written.

      Examples:
        kws quantize t.safetensors --data log-mel=DIR --output m.safetensors
        kws quantize t.st --data log-mel=DIR --method qat --weight-bits 2 --output m
        kws quantize t.st --data log-mel=DIR --method qat --bytes 12e3 --output m
      """)

  @Argument(help: "A checkpoint of 'kws train'.")
  var checkpoint: String

  @OptionGroup var data: DataOptions

  @Option(help: "The model file to write.")
  var output: String?

  @Option(help: "ptq, qat or trained.")
  var method: QuantizationMethod?

  @OptionGroup var bits: BitOptions

  @Option(
    help: ArgumentHelp(
      """
      Give each layer so many bits, by what rounding it costs, that everything that inference needs \
      takes at most this many bytes, such as 12e3.
      """, valueName: "count"))
  var bytes: Double?

  @Option(
    help: """
      'paper': only evaluate the rounding of arXiv 2012.10138, one grid per tensor, for comparison.
      """)
  var rounding: Rounding?

  @OptionGroup var gate: GateOptions

  @Option(help: "Batches of training clips that correct statistics and find ranges.")
  var calibrationBatches = 30

  @OptionGroup var training: QuantizationAwareOptions

  @Option(
    help: ArgumentHelp(
      "Write a page to read, report.html, with what the integers cost by class and by layer.",
      valueName: "dir"))
  var report: String?

  enum Rounding: String, ExpressibleByArgument, CaseIterable { case paper }

  func validate() throws {
    guard (output == nil) == (rounding == .paper), output != "" else {
      throw ValidationError(
        rounding == nil
          ? "--output: expected the name of a file"
          : "--rounding paper writes no model: no --output")
    }
    guard report == nil || rounding == nil else {
      throw ValidationError("--report: expected a model to report on, so no --rounding")
    }
    guard (1...10_000).contains(calibrationBatches) else {
      throw ValidationError("--calibration-batches \(calibrationBatches): expected 1 to 10000")
    }
    if let bytes, !(1...1e9).contains(bytes) || bits.weightBits != nil {
      throw ValidationError("--bytes: expected 1 to 1e9, and no --weight-bits, which it chooses")
    }
    if method == .trained, bits.isGiven || bytes != nil {
      throw ValidationError("--method trained: the training has chosen the bits")
    }
    guard training.teaching.teacher == nil || method == .qat else {
      throw ValidationError("--teacher: expected --method qat, which trains")
    }
  }

  func run() throws {
    let checkpoint = try loadCheckpoint(checkpoint)
    let data = try QuantizationData(self.data, checkpoint: checkpoint, path: self.checkpoint)
    let geometry = try checkpoint.architecture.geometry()
    guard let output else {
      return try PaperRoundingReport(checkpoint: checkpoint, data: data, geometry: geometry).print(
        bits.weightBits?.values ?? [8])
    }
    try File.checkCanReplace(output)
    let folder = try report.map { try ReportFolder($0) }
    let quantizing = Quantizing(
      checkpoint: checkpoint, data: data, calibrationBatchCount: calibrationBatches)
    let isSimulated = TrainingConfiguration.of(checkpoint)?.bitWidths != nil
    let method = method ?? (isSimulated && !bits.isGiven && bytes == nil ? .trained : .ptq)
    let sensitivity = try LayerSensitivity(checkpoint, batches: data.sensitivityBatches())
    var result: Quantizing.Result
    if method == .trained {
      result = try quantizing.trained()
    } else {
      let widths = try bitWidths(quantizing, geometry: geometry, sensitivity: sensitivity)
      result =
        method == .ptq
        ? try quantizing.ptq(widths)
        : try quantizing.qat(
          widths, plan: training.plan,
          output: training.trainingCheckpoint ?? output + ".training")
    }
    let page = try judge(&result, checkpoint: checkpoint, data: data, sensitivity: sensitivity)
    try File.replace(output, with: result.model.encoded().span)
    try StandardOutput.write(line: "wrote \(output): \(result.model.byteCount) bytes for inference")
    if let folder { try StandardOutput.write(line: "wrote \(try folder.write(page.content))") }
  }

  /// The bits that are asked for, or that fit the bytes that are.
  private func bitWidths(
    _ quantizing: Quantizing, geometry: [LayerGeometry], sensitivity: LayerSensitivity
  ) throws -> BitWidths {
    let activations = bits.activationBits?.values ?? [8]
    guard let bytes else {
      return try BitWidths(
        geometry, weights: bits.weightBits?.values ?? [8], activations: activations)
    }
    let plain = try quantizing.ptq(
      BitWidths(geometry, weights: [8], activations: activations))
    let widths = try BitBudgeting(
      geometry: geometry, sensitivity: sensitivity, model: plain.model
    ).bitWidths(byteCount: Int(bytes), activations: activations)
    let list = widths.weights.filter { $0 > 0 }.map(String.init).joined(separator: ",")
    try StandardOutput.write(line: "--weight-bits \(list)")
    return widths
  }

  /// Prints what the integers cost, and notes the accuracy in the model.
  ///
  /// - Throws: `CommandError` where that is more than is allowed.
  private func judge(
    _ result: inout Quantizing.Result, checkpoint: Checkpoint, data: QuantizationData,
    sensitivity: LayerSensitivity
  ) throws -> QuantizationPage {
    let simulated = try data.decisions(result.simulation)
    let integer = try IntegerValidation(data: data.training, model: result.model).run()
    let isReal = TrainingConfiguration.of(checkpoint)?.bitWidths == nil
    let reference =
      isReal
      ? (
        "float",
        try data.decisions(
          Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors))
      )
      : ("simulated", simulated)
    let gate = QuantizationGate(
      labels: checkpoint.labels, reference: reference, integer: integer)
    let agreement = DecisionAgreement(simulated: simulated, integer: integer)
    let layers = RoundedLayer.layers(result.model, sensitivity)
    let lines =
      gate.accuracyLines + [agreement.line] + gate.classTable.lines
      + RoundedLayer.costliest(layers, count: 3).lines
    for line in lines { try StandardOutput.write(line: line) }
    try gate.check(self.gate)
    result.model.provenance.accuracy = gate.accuracyLines
    return QuantizationPage(
      command: CommandLineText.current, model: result.model, gate: gate, agreement: agreement,
      layers: layers)
  }
}

extension DetectionParameters {
  /// Detection parameters of a model whose thresholds nobody has calibrated yet: chosen on
  /// validation clips and continuous speech, decision 0003.
  static let standard = DetectionParameters(
    smoothingSeconds: 0.2, defaultThreshold: 0.8, minimumCount: 6, refractorySeconds: 0.75,
    rearmRatio: 0.5, rejectLabels: [KeywordTask.silenceLabel, KeywordTask.unknownLabel])
}
