// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Inference
import KeywordSpotting
import ModelFormat
import SpeechFeatures

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is in a model: layers, shapes, bits, operations, bytes, provenance.",
    discussion: """
      Operations are multiply-accumulates (MAC), for one window of the model from reset and per \
      second of a stream. Bytes are those that inference needs: weights, scales, biases, the \
      quantization of activations, and the normalization of features.
      """)

  @Argument(
    help: ArgumentHelp("A model file; the built-in model if left out.", valueName: "model"))
  var path: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let model = try modelOrDefault(path)
    let plan = try spottingPlan(model, from: path)
    let summary = try ModelSummary(
      model, stateByteCount: KeywordSpotter(plan: plan).stateByteCount,
      instructionSet: plan.inference.instructionSet)
    if json {
      try StandardOutput.write(line: summary.json)
    } else {
      for line in summary.lines { try StandardOutput.write(line: line) }
    }
  }
}
