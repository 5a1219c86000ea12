// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import FoundationEssentials
import Glibc
import SpeechFeatures

struct BenchFeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features",
    abstract: "Microseconds of features per second of audio, against the bare FFTW transforms.",
    discussion: """
      With --peer PYTHON the same is measured right after in torchaudio, librosa and \
      python_speech_features, whichever that Python has, by Tests/Benchmarks/features_peers.py; \
      run it from the checkout.
      """)

  /// Name and configuration of what is measured; the names are those of the peers' script.
  private static let configurations = [
    ("512/160 log-mel 40", FeatureConfiguration()),
    (
      "640/320 MFCC 10",
      FeatureConfiguration(
        windowLength: 640, hopLength: 320, fftLength: 640, cepstralCoefficientCount: 10)
    ),
  ]

  @Option(help: ArgumentHelp("A Python to measure peers with.", valueName: "python"))
  var peer: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    var rows: [BenchmarkRow] = []
    let peers = try peer.map(Self.measurePeers) ?? [:]
    for (name, configuration) in Self.configurations {
      let plan = try FeaturePlan(configuration)
      let runner = FeatureRunner(plan: plan)
      let frameCount = configuration.frameCount(sampleCount: runner.sampleCount)
      var bare: [Double] = []
      let times = Measurement().run([
        { runner.run() },
        { bare.append(plan.timeBareTransforms(count: frameCount)) },
      ])
      let seconds = Double(runner.sampleCount) / Double(configuration.sampleRate)
      let own = times[0] / seconds * 1e6
      let transforms = bare.sorted()[bare.count / 2] / seconds * 1e6
      rows.append(
        BenchmarkRow(
          name: "FFTW alone, \(name)", value: transforms, unit: "us per second of audio",
          ratio: nil))
      rows.append(
        BenchmarkRow(
          name: "kws, \(name)", value: own, unit: "us per second of audio",
          ratio: (own / transforms, "FFTW alone")))
      for (peer, value) in peers.sorted(by: { $0.key < $1.key }) where peer.hasSuffix(name) {
        rows.append(
          BenchmarkRow(
            name: peer, value: value, unit: "us per second of audio", ratio: (value / own, "kws")))
      }
    }
    try rows.print(json: json)
  }

  private static func measurePeers(_ python: String) throws -> [String: Double] {
    let script = "Tests/Benchmarks/features_peers.py"
    guard FileManager.default.fileExists(atPath: script) else {
      throw CommandError("\(script): not found. Run this from the checkout.", .missingInput)
    }
    // The process class of Foundation would bring all of Foundation into every listener's memory.
    let quoted =
      "'"
      + python.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
    guard let pipe = unsafe popen("\(quoted) \(script)", "re") else {
      throw CommandError("\(python): cannot be started: \(systemErrorText(errno)).", .inputOutput)
    }
    var bytes: [UInt8] = []
    while case let byte = unsafe getc(pipe), byte != EOF { bytes.append(UInt8(byte)) }
    let status = unsafe pclose(pipe)
    guard status == 0,
      let peers = try? JSONDecoder().decode([String: Double].self, from: Data(bytes))
    else {
      throw CommandError(
        "\(python) \(script) failed with status \(status >> 8).", .internalError)
    }
    return peers
  }
}

/// An extractor that is fed the same ten seconds again and again.
private final class FeatureRunner {
  let sampleCount = 160_000
  private var extractor: FeatureExtractor
  private let samples: [Float]
  private var frames: [Float]

  init(plan: FeaturePlan) {
    extractor = FeatureExtractor(plan: plan)
    samples = benchmarkSamples(count: sampleCount)
    frames = [Float](repeating: 0, count: 64 * plan.configuration.coefficientCount)
  }

  func run() {
    let samples = self.samples
    var room = frames.mutableSpan
    var start = 0
    while start < sampleCount {
      start +=
        extractor.push(samples.span.extracting(droppingFirst: start), into: &room)
        .consumedSampleCount
    }
  }
}
