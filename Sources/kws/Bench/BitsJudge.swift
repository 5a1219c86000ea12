// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat
import NeuralNetwork
import Training

/// Accuracies of a network on the validation clips and on recordings, from reset and in-stream.
struct BitsJudge {
  let data: QuantizationData

  /// The folder of recordings.
  let clips: String

  struct Accuracy {
    /// Bytes that inference needs; nil for real numbers.
    var byteCount: Int?
    var validation: ValidationReport
    var recordings: (fromReset: Confusion, inStream: Confusion)
  }

  func float(_ checkpoint: Checkpoint) throws -> Accuracy {
    let network = try Network(
      architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    return Accuracy(
      byteCount: nil, validation: try data.decisions(network).report,
      recordings: (
        try confusion(FloatClipDecider(checkpoint), checkpoint.labels, .reset),
        try confusion(FloatClipDecider(checkpoint), checkpoint.labels, .inStream)
      ))
  }

  func integers(_ model: QuantizedModel) throws -> Accuracy {
    let plan = try spottingPlan(model, from: nil)
    return Accuracy(
      byteCount: model.byteCount,
      validation: try IntegerValidation(data: data.training, model: model).run().report,
      recordings: (
        try confusion(SpottingClipDecider(plan: plan), model.labels, .reset),
        try confusion(SpottingClipDecider(plan: plan), model.labels, .inStream)
      ))
  }

  private func confusion<Decider: ClipDecider & ~Copyable>(
    _ decider: consuming Decider, _ labels: [String], _ start: ClipStart
  ) throws -> Confusion {
    let folder = try ClipFolder(path: clips, labels: labels)
    var evaluation = ClipEvaluation(decider)
    return Confusion(labels: labels, outcomes: try evaluation.run(folder.clips, start: start))
  }
}
