// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import ModelFormat
import NeuralNetwork
import Quantization
import Reports
import Storage

struct BenchBitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bits",
    abstract: "Accuracy of a network against the bits of its weights, rounded and trained.",
    discussion: """
      For every number of bits: the rounding of arXiv 2012.10138, 'kws quantize --method ptq' and \
      '--method qat', on the validation clips and on recordings. Models trained with their integers \
      are kept in --models as qat-BITS.safetensors; what is there is not trained again.
      """)

  @Argument(help: "A checkpoint of 'kws train'.")
  var checkpoint: String

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("A folder with one folder of recordings per class.", valueName: "dir"))
  var clips: String

  @Option(help: ArgumentHelp("The folder of the trained models.", valueName: "dir"))
  var models: String

  @Option(help: "Bits per weight, with commas between them.")
  var bits = BitList([8, 4, 3, 2, 1])

  @Option(help: "Epochs of training for models that are not there.")
  var epochs = 10

  @Option(help: ArgumentHelp("Also draw accuracy against bits.", valueName: "file"))
  var svg: String?

  func run() throws {
    let checkpoint = try loadCheckpoint(checkpoint)
    let data = try QuantizationData(self.data, checkpoint: checkpoint, path: self.checkpoint)
    let geometry = try checkpoint.architecture.geometry()
    let judge = BitsJudge(data: data, clips: clips)
    let quantizing = Quantizing(checkpoint: checkpoint, data: data, calibrationBatchCount: 30)
    var report = BitsReport(network: checkpoint.architecture.name)
    report.float = try judge.float(checkpoint)
    for bitCount in bits.values {
      let widths = try BitWidths(geometry, weights: [bitCount])
      var rounded = checkpoint
      rounded.tensors = PaperRounding.tensors(
        checkpoint, geometry: geometry, bitCount: bitCount)
      report.add("paper's rounding", bitCount, try judge.float(rounded))
      report.add("ptq", bitCount, try judge.integers(quantizing.ptq(widths).model))
      report.add("qat", bitCount, try judge.integers(trained(bitCount, quantizing, widths)))
    }
    for line in report.table.lines { try StandardOutput.write(line: line) }
    if let svg { try File.replace(svg, with: Array(report.chart.svg().utf8).span) }
  }

  /// The model of quantization-aware training, made where it is not there.
  private func trained(
    _ bitCount: Int, _ quantizing: Quantizing, _ widths: BitWidths
  ) throws -> QuantizedModel {
    let path = "\(models)/qat-\(bitCount).safetensors"
    if File.isRegular(path) { return try modelOrDefault(path) }
    let plan = QuantizationAwarePlan(epochCount: epochs, learningRate: nil, resumes: false)
    let result = try quantizing.qat(widths, plan: plan, output: path + ".training")
    try File.replace(path, with: result.model.encoded().span)
    return result.model
  }
}
