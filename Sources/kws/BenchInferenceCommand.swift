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

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let model = try modelOrDefault(model)
    var rows: [BenchmarkRow] = []
    let names = InferencePlan.availableInstructionSets
    let runners = try names.map { name in
      WindowRunner(plan: try InferencePlan(model: model, instructionSet: name))
    }
    let times = Measurement().run(
      runners.flatMap { runner in
        [{ runner.run(framesPerCall: runner.frameCount) }, { runner.run(framesPerCall: 1) }]
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
    try rows.print(json: json)
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

  /// Feeds one window, `framesPerCall` frames at a time; the stream goes on from call to call.
  func run(framesPerCall: Int) {
    let frames = self.frames
    var room = posteriors.mutableSpan
    for start in stride(from: 0, to: frameCount, by: framesPerCall) {
      let end = min(start + framesPerCall, frameCount)
      _ = network.process(
        frames.span.extracting(start * coefficientCount..<end * coefficientCount), into: &room)
    }
  }
}
