// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import NeuralNetwork

/// The options of benchmarks of training steps, with PyTorch beside them or not.
struct BenchPeerOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A Python with PyTorch to measure beside kws.", valueName: "python"))
  var peer: String?

  @Option(
    help: ArgumentHelp(
      "What the peer loads before its own libraries, or none; jemalloc if left out and installed.",
      valueName: "library"))
  var preload: String?

  @Option(help: "Threads; all processors if left out.")
  var threads: Int?

  @Option(help: "Turns of everything that is compared.")
  var rounds = 7

  @Option(help: "Steps of each turn.")
  var steps = 4

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
    for (name, value) in [("rounds", rounds), ("steps", steps)]
    where !(1...1000).contains(value) {
      throw ValidationError("--\(name) \(value): expected 1 to 1000")
    }
    if preload != nil && peer == nil {
      throw ValidationError("--preload is for the Python that --peer names: give both")
    }
  }

  var threadCount: Int { threads ?? Network.processorCount }

  /// What the peer loads before its own libraries; nil for nothing, or without a peer.
  func allocator() throws -> String? { try peer == nil ? nil : PeerAllocator.library(preload) }
}
