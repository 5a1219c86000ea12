// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Glibc
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import Training

struct BenchTrainingCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract: "Clips per second of whole training steps, and PyTorch's beside it.",
    discussion: """
      A step is a batch of 100 clips: drawn and augmented, forward, loss, backward, and the update \
      by gradient descent with Nesterov momentum. The next batch is made while one is learned, but \
      not with one thread.

      GFLOP/s counts two operations for every multiply-accumulate of the forward pass, of the \
      weights' gradients and of the inputs' gradients, zeros of the padding included; the features \
      need no gradient. The peak is that of a loop of multiply-adds without memory, measured in \
      the same run. int8 is the rate of quantization-aware steps, which simulate the integer \
      engine, in per cent of the rate of the others. Loading is the time that a batch takes by itself, per time of a step. Memory \
      is the largest resident, the data set included.

      With --peer PYTHON the same networks are trained by PyTorch in turn with kws, by \
      Tests/Benchmarks/training_peer.py; run it from the checkout. Its batches lie in memory, so \
      that it pays for no loading, and it has the faster of two memory formats.
      """)

  @OptionGroup var options: BenchPeerOptions

  @Option(
    help: ArgumentHelp(
      "A network to train, by name or JSON file; may be repeated. "
        + "\(TrainingWorkload.standard.joined(separator: ", ")) if left out.",
      valueName: "name|file"))
  var architecture: [String] = []

  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "A data source, as of 'kws train'; made-up log-mel spectra if left out.",
      valueName: "kind=dir"))
  var sources: [String] = []

  @Option(help: "The keywords, separated by commas.")
  var keywords = DataOptions.standardKeywords

  func run() throws {
    let task = try KeywordTask(
      keywords: keywords.split(separator: ",", omittingEmptySubsequences: false).map(String.init))
    let workloads = try (architecture.isEmpty ? TrainingWorkload.standard : architecture).map {
      try TrainingWorkload($0, labels: task.labels)
    }
    let library = try options.allocator()
    let threadCount = options.threadCount
    let benchmark = TrainingBenchmark(
      stepCount: options.steps, roundCount: options.rounds, threadCount: threadCount)
    var report = TrainingSpeedReport(
      threadCount: threadCount, batchSize: Self.batchSize,
      kernels: FloatPeak(threadCount: 1).instructionSet,
      data: sources.isEmpty ? "made-up log-mel spectra" : sources.joined(separator: ", "),
      preload: library)
    var loaded: TrainingData?
    for workload in workloads {
      if isatty(STDERR_FILENO) == 1 { printError("measuring \(workload.architecture.name)") }
      // One data set at a time, as it may be large.
      if loaded?.features != workload.features { loaded = nil }
      let data = try loaded ?? data(task, workload.features)
      loaded = data
      let opponent = try options.peer.map { python in
        try TrainingPeer(
          python: python, preload: library, architecture: workload.architecture,
          batchSize: Self.batchSize, threadCount: threadCount)
      }
      if let opponent { report.peers.append(opponent.description) }
      report.speeds.append(try benchmark.run(workload, data: data, peer: opponent))
    }
    if options.json { return try StandardOutput.write(line: report.json) }
    for line in report.lines { try StandardOutput.write(line: line) }
  }

  private static let batchSize = 100

  private func data(_ task: KeywordTask, _ features: FeatureConfiguration) throws -> TrainingData {
    func read(_ sources: [DataSource]) throws -> TrainingData {
      try TrainingData(
        sources: sources, keywords: task.keywords, features: features,
        batchSize: Self.batchSize, seed: 1)
    }
    guard sources.isEmpty else { return try read(sources.map(DataSource.init(parsing:))) }
    return try SyntheticLogMels.withFolder(keywords: task.keywords) {
      try read([.logMel(path: $0)])
    }
  }
}
