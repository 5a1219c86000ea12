// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Inference
import ModelFormat

struct BenchInferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inference",
    abstract: "Microseconds of the integer network: a whole window at once, and frame by frame.")

  @Option(help: "A model file; the built-in model if left out.")
  var model: String?

  @Option(
    help: "Instead of a model: an architecture's name, or a JSON file, run with random weights.")
  var architecture: String?

  @Flag(help: "Also every layer by itself, with its part of what multiply-accumulates can reach.")
  var layers = false

  @Option(
    help: ArgumentHelp(
      """
      A Python with ai-edge-litert, flatbuffers, tflite, onnx and onnxruntime: also the same \
      networks in LiteRT with XNNPACK and in ONNX Runtime, in turns.
      """, valueName: "python"))
  var peers: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    if model == nil, architecture == nil, !layers { return try runNetworks() }
    let model = try measuredModel()
    var rows: [BenchmarkRow] = []
    let names = InferencePlan.availableInstructionSets
    let windows = try names.map { name in
      ClipRunner(
        plan: try InferencePlan(
          model: model, instructionSet: name, blockFrameCount: model.architecture.windowFrameCount))
    }
    let streams = try names.map { name in
      ClipRunner(plan: try InferencePlan(model: model, instructionSet: name))
    }
    let times = Measurement().run(
      names.indices.flatMap { index in
        [{ windows[index].runClip() }, { streams[index].runFrames() }]
      })
    let scalar = times[times.count - 2]
    for (index, name) in names.enumerated() {
      let (window, stepped) = (times[2 * index], times[2 * index + 1])
      rows.append(
        BenchmarkRow(
          name: "\(name), window at once", value: window * 1e6, unit: "us",
          ratio: (scalar / window, "scalar")))
      rows.append(
        BenchmarkRow(
          name: "\(name), window frame by frame", value: stepped * 1e6, unit: "us",
          ratio: (stepped / window, "at once")))
    }
    if layers { rows += try layerRows(model) }
    try rows.print(json: json)
  }

  /// Every layer of a clip at once with the best kernels.
  private func layerRows(_ model: QuantizedModel) throws -> [BenchmarkRow] {
    let geometry = try model.architecture.geometry()
    let plan = try InferencePlan(
      model: model, blockFrameCount: model.architecture.windowFrameCount)
    let runner = ClipRunner(plan: plan)
    let peak = runner.peak()
    var rows = [
      BenchmarkRow(
        name: "multiply-accumulates in registers", value: peak * 1e-9, unit: "G/s", ratio: nil)
    ]
    // One row per layer, not per operator.
    var seconds: [String: Double] = [:]
    for time in runner.layerTimes() { seconds[time.layer, default: 0] += time.seconds }
    for layer in geometry {
      guard let time = seconds[layer.layer.name] else { continue }
      let rate = Double(layer.cost(framesPerSecond: 1).macPerWindow) / time
      rows.append(
        BenchmarkRow(
          name: layer.layer.name, value: time * 1e6, unit: "us",
          ratio: layer.hasWeights ? (rate / peak, "peak") : nil))
    }
    return rows
  }
}

extension BenchInferenceCommand {
  /// The networks that peers are compared on, and our own default model.
  private static let networks = ["ds-cnn-s", "ds-cnn-l", "derived", "bc-resnet-1"]

  private func runNetworks() throws {
    var results = try Self.networks.map { name in
      try InferenceBenchmark(name: name, model: try synthetic(name), python: peers).run()
    }
    results.append(
      try InferenceBenchmark(
        name: "default model", model: try modelOrDefault(nil), python: nil
      ).run())
    let report = InferenceReport(results: results)
    if json { return try StandardOutput.write(line: report.json) }
    for line in report.clipTable.lines + [""] + report.streamTable.lines {
      try StandardOutput.write(line: line)
    }
  }

  private func synthetic(_ architecture: String) throws -> QuantizedModel {
    let labels = (0..<12).map { "label\($0)" }
    let workload = try TrainingWorkload(architecture, labels: labels)
    return try syntheticModel(workload.architecture, features: workload.features)
  }

  private func measuredModel() throws -> QuantizedModel {
    guard let architecture else { return try modelOrDefault(model) }
    return try synthetic(architecture)
  }
}
