// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Inference
import ModelFormat
import Threads

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
      WindowRunner(
        plan: try InferencePlan(
          model: model, instructionSet: name, blockFrameCount: model.architecture.windowFrameCount))
    }
    let streams = try names.map { name in
      WindowRunner(plan: try InferencePlan(model: model, instructionSet: name))
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
    let runner = WindowRunner(plan: plan)
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

/// One stream of a network that can be run over one window's frames again and again.
private final class WindowRunner {
  let frameCount: Int
  private var network: StreamingNetwork
  private let frames: [Float]
  private let coefficientCount: Int
  private var posteriors: [Float]

  init(plan: InferencePlan) {
    frameCount = plan.windowFrameCount
    coefficientCount = plan.coefficientCount
    network = StreamingNetwork(plan: plan)
    frames = benchmarkSamples(count: frameCount * coefficientCount).map { 10 * $0 - 5 }
    posteriors = [Float](
      repeating: 0,
      count: plan.largestColumnCount(frameCount: frameCount) * plan.labels.count)
  }

  /// A clip by itself: from reset, all frames in one call, one answer.
  func runClip() {
    let frames = self.frames
    var room = posteriors.mutableSpan
    network.reset()
    _ = network.process(frames.span, into: &room, answers: .newest)
  }

  /// The layers of a clip, each the best of several rounds.
  func layerTimes() -> [LayerTime] {
    let frames = self.frames
    var best: [LayerTime] = []
    for _ in 0..<20 {
      let times = network.layerTimes(
        frames.span, repetitionCount: 100, now: monotonicSeconds)
      if best.isEmpty { best = times }
      for (index, time) in times.enumerated() {
        best[index].seconds = min(best[index].seconds, time.seconds)
      }
    }
    return best
  }

  /// Multiply-accumulates per second of the instruction that the kernels are made of, the best of
  /// several rounds.
  func peak() -> Double {
    let count = 100_000
    var best = 0.0
    for _ in 0..<20 {
      let start = monotonicSeconds()
      let done = network.plan.multiplyAccumulateInRegisters(count)
      best = max(best, Double(done) / (monotonicSeconds() - start))
    }
    return best
  }

  /// The frames of a window one by one; the stream goes on from call to call.
  func runFrames() {
    let frames = self.frames
    var room = posteriors.mutableSpan
    for frame in 0..<frameCount {
      let start = frame * coefficientCount
      _ = network.process(
        frames.span.extracting(start..<start + coefficientCount), into: &room)
    }
  }
}
