// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import KeywordSpotting
import ModelFormat
import SpeechFeatures

struct BenchStreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stream",
    abstract: "The whole line, samples to detections: times real time on one core.")

  @Option(help: "A model file; the built-in model if left out.")
  var model: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let loaded = try modelOrDefault(model)
    let runner = StreamRunner(plan: try spottingPlan(loaded, from: model))
    let hop = loaded.features.hopLength
    let times = Measurement().run([
      { runner.run(samplesPerCall: 16_384) }, { runner.run(samplesPerCall: hop) },
    ])
    let names = ["replay, 16384 samples per call", "live, \(hop) samples per call"]
    var rows: [BenchmarkRow] = []
    for (name, time) in zip(names, times) {
      rows.append(
        BenchmarkRow(
          name: "\(name), speed", value: runner.seconds / time, unit: "times real time",
          ratio: nil))
      rows.append(
        BenchmarkRow(
          name: "\(name), time", value: time / runner.seconds * 1e6,
          unit: "us per second of audio", ratio: nil))
    }
    rows.append(
      BenchmarkRow(
        name: "state per stream", value: Double(runner.stateByteCount), unit: "bytes", ratio: nil))
    try rows.print(json: json)
  }
}

/// One spotter that is fed the same ten seconds again and again.
private final class StreamRunner {
  let seconds = 10.0
  private var spotter: KeywordSpotter
  private let samples = benchmarkSamples(count: 160_000)

  init(plan: SpottingPlan) { spotter = KeywordSpotter(plan: plan) }

  var stateByteCount: Int { spotter.stateByteCount }

  func run(samplesPerCall: Int) {
    let samples = self.samples
    for start in stride(from: 0, to: samples.count, by: samplesPerCall) {
      let end = min(start + samplesPerCall, samples.count)
      var from = start
      while true {
        let progress = spotter.push(samples.span.extracting(from..<end))
        from += progress.consumedSampleCount
        if progress.detection == nil { break }
      }
    }
  }
}
