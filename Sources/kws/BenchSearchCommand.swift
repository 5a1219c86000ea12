// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ArgumentParser
import NeuralNetwork

struct BenchSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Clips per second of the steps of a search, and PyTorch's beside it.",
    discussion: """
      The paper's supernet on a batch of 100 clips in memory: a step of weights through a path drawn \
      evenly; a step of the architecture that looks at two candidates of every block, and one that \
      looks at all of them.

      With --peer PYTHON the same steps are taken by PyTorch in turn with kws, by \
      Tests/Benchmarks/search_peer.py; run it from the checkout.
      """)

  @Option(help: ArgumentHelp("A Python with PyTorch to measure beside kws.", valueName: "python"))
  var peer: String?

  @Option(
    help: ArgumentHelp(
      "What the peer loads before its own libraries, or none; jemalloc if left out and installed.",
      valueName: "library"))
  var preload: String?

  @Option(help: "MFCCs.")
  var coefficients = 10

  @Option(help: "The paper's width factor omega.")
  var width = 1.0

  @Option(help: "Threads; all processors if left out.")
  var threads: Int?

  @Option(help: "Turns of everything that is compared.")
  var rounds = 7

  @Option(help: "Steps of each turn; one where all candidates are looked at.")
  var steps = 4

  @Flag(help: "Print one JSON object per kind of step.")
  var json = false

  func validate() throws {
    for (name, value) in [("rounds", rounds), ("steps", steps), ("threads", threads ?? 1)]
    where !(1...1000).contains(value) {
      throw ValidationError("--\(name) \(value): expected 1 to 1000")
    }
    guard (5...40).contains(coefficients) else {
      throw ValidationError("--coefficients \(coefficients): expected 5 to 40")
    }
    guard (0.1...16).contains(width) else {
      throw ValidationError("--width \(width): expected 0.1 to 16")
    }
    if preload != nil && peer == nil {
      throw ValidationError("--preload is for the Python that --peer names: give both")
    }
  }

  func run() throws {
    let labelCount = 12
    let space = SearchSpace.paper(
      coefficientCount: coefficients, width: width, labelCount: labelCount)
    let threadCount = threads ?? Network.processorCount
    let benchmark = SearchBenchmark(
      stepCount: steps, roundCount: rounds, threadCount: threadCount)
    let opponent = try peer.map { python in
      try SearchPeer(
        python: python, preload: PeerAllocator.library(preload), space: space,
        labelCount: labelCount, batchSize: benchmark.batchSize, threadCount: threadCount)
    }
    let speeds = try benchmark.run(space, labelCount: labelCount, peer: opponent)
    var table = Table(header: ["step", "clips/s", "least", "most", "PyTorch", "kws/PyTorch"])
    for speed in speeds {
      let own = rates(speed.seconds, benchmark.batchSize)
      let other = speed.peerSeconds.isEmpty ? nil : rates(speed.peerSeconds, benchmark.batchSize)
      let ratio = other.map { own.median / $0.median }
      if json {
        try StandardOutput.write(
          line: "{\"step\":\(JSONLine.quoted(speed.kind.rawValue)),"
            + "\"clips_per_second\":\(fixed(own.median, decimals: 1))"
            + (other.map { ",\"peer_clips_per_second\":\(fixed($0.median, decimals: 1))" } ?? "")
            + (ratio.map { ",\"ratio\":\(fixed($0, decimals: 3))" } ?? "") + "}")
        continue
      }
      table.add([
        speed.kind.text, fixed(own.median, decimals: 0), fixed(own.least, decimals: 0),
        fixed(own.largest, decimals: 0), other.map { fixed($0.median, decimals: 0) } ?? "",
        ratio.map { fixed($0, decimals: 2) } ?? "",
      ])
    }
    guard !json else { return }
    for line in table.lines { try StandardOutput.write(line: line) }
    if let description = opponent?.description {
      try StandardOutput.write(
        line: "PyTorch \(description.torch), \(description.format), "
          + "\(description.threads) threads, beside kws with \(threadCount)")
    }
  }

  private func rates(_ seconds: [Double], _ clipCount: Int) -> TrainingSpeed.Spread {
    TrainingSpeed.Spread(seconds.map { Double(clipCount) / $0 })
  }
}
