// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Inference
import Interchange
import KeywordSpotting
import ModelFormat
import SpeechFeatures

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what is in a model or an architecture: layers, shapes, operations, size.",
    discussion: """
      Operations are multiply-accumulates (MAC), for one window of the model from reset and per \
      second of a stream. Bytes are those that inference needs: weights, scales, biases, the \
      quantization of activations, and the normalization of features.

      Beside models it reads JSON files: an architecture as kws train --architecture takes it, and \
      net.config, as published with "Resource-efficient DNNs for Keyword Spotting using Neural \
      Architecture Search and Quantization" (arXiv 2012.10138), which is shown as published and in \
      the causal form that kws can stream.
      """)

  @Argument(
    help: ArgumentHelp(
      "A model or architecture file; the built-in model if left out.", valueName: "model"))
  var path: String?

  @Option(help: "Coefficients of a frame, for a net.config, which does not say it.")
  var coefficients: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let coefficients, !(1...1024).contains(coefficients) {
      throw ValidationError("--coefficients \(coefficients): expected 1 to 1024, such as 10")
    }
  }

  func run() throws {
    let file = try InspectedFile(path)
    let place = path ?? "built-in model"
    switch (file, coefficients) {
    case (.model(let model), nil):
      let plan = try spottingPlan(model, from: path)
      let summary = try ModelSummary(
        model, stateByteCount: KeywordSpotter(plan: plan).stateByteCount,
        instructionSet: plan.inference.instructionSet)
      try write(summary.lines, summary.json)
    case (.architecture(let architecture), nil):
      let summary = try summary(of: architecture, from: place)
      try write(summary.lines, summary.json)
    case (.netConfig(let config), let coefficients?):
      let summary = try summary(of: config, coefficientCount: coefficients, from: place)
      try write(summary.lines, summary.json)
    case (.netConfig, nil):
      throw CommandError(
        "\(place): a net.config does not say how many coefficients a frame has: add them, such as "
          + "--coefficients 10.", .usage)
    case (_, .some):
      throw CommandError(
        "--coefficients: \(place) says itself how many coefficients a frame has; leave it out.",
        .usage)
    }
  }

  private func summary(
    of architecture: Architecture, from place: String
  ) throws -> ArchitectureSummary {
    do throws(ArchitectureError) {
      return try ArchitectureSummary(architecture)
    } catch {
      throw error.commandError(at: place)
    }
  }

  private func summary(
    of config: NetConfig, coefficientCount: Int, from place: String
  ) throws -> PublishedSummary {
    let name = place.split(separator: "/").last.map(String.init) ?? place
    do throws(InterchangeError) {
      return try PublishedSummary(config, name: name, coefficientCount: coefficientCount)
    } catch { throw error.commandError(at: place) }
  }

  private func write(_ lines: [String], _ object: String) throws {
    for line in json ? [object] : lines { try StandardOutput.write(line: line) }
  }
}
