// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ArgumentParser

struct BenchSearchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search",
    abstract: "Clips per second of the steps of a search, and PyTorch's beside it.",
    discussion: """
      The paper's supernet on a batch of 100 clips in memory: a step of weights through a path drawn \
      evenly; a step of the architecture that looks at two candidates of every block, and one that \
      looks at all of them. A turn has one of these.

      With --peer PYTHON the same steps are taken by PyTorch in turn with kws, by \
      Tests/Benchmarks/search_peer.py; run it from the checkout.
      """)

  @OptionGroup var options: BenchPeerOptions

  @Option(help: "MFCCs.")
  var coefficients = 10

  @Option(help: "The paper's width factor omega.")
  var width = 1.0

  func validate() throws {
    guard (5...40).contains(coefficients) else {
      throw ValidationError("--coefficients \(coefficients): expected 5 to 40")
    }
    guard (0.1...16).contains(width) else {
      throw ValidationError("--width \(width): expected 0.1 to 16")
    }
  }

  func run() throws {
    let labelCount = 12
    let space = SearchSpace.paper(
      coefficientCount: coefficients, width: width, labelCount: labelCount)
    let threadCount = options.threadCount
    let benchmark = SearchBenchmark(
      stepCount: options.steps, roundCount: options.rounds, threadCount: threadCount)
    let opponent = try options.peer.map { python in
      try SearchPeer(
        python: python, preload: options.allocator(), space: space,
        labelCount: labelCount, batchSize: benchmark.batchSize, threadCount: threadCount)
    }
    let speeds = try benchmark.run(space, labelCount: labelCount, peer: opponent)
    var table = Table(header: ["step", "clips/s", "least", "most", "PyTorch", "kws/PyTorch"])
    for speed in speeds {
      let own = rates(speed.seconds, benchmark.batchSize)
      let other = speed.peerSeconds.isEmpty ? nil : rates(speed.peerSeconds, benchmark.batchSize)
      let ratio = other.map { own.median / $0.median }
      if options.json {
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
    guard !options.json else { return }
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
