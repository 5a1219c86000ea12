// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ModelFormat

/// A Python that trains the same network in PyTorch, some steps whenever it is told to.
///
/// What is said both ways is described in the script.
final class TrainingPeer {
  /// What the peer is, as it says itself.
  struct Description: Decodable {
    var torch: String

    /// The memory format of the tensors, the faster of two.
    var format: String
    var threads: Int
  }

  let description: Description
  private var process: PeerProcess

  private struct Request: Encodable {
    var architecture: Architecture
    var shapes: [[Int]]
    var batch: Int
    var threads: Int
  }
  private struct Steps: Decodable { var seconds: [Double] }
  private struct Memory: Decodable { var bytes: Int }

  /// Starts `python` on a network.
  ///
  /// - Parameter preload: a library to be loaded before all others, such as an allocator.
  init(
    python: String, preload: String?, architecture: Architecture, batchSize: Int, threadCount: Int
  ) throws {
    let request = Request(
      architecture: architecture, shapes: try architecture.geometry().map(\.windowShape),
      batch: batchSize, threads: threadCount)
    process = try PeerProcess(
      python: python, script: "Tests/Benchmarks/training_peer.py", preload: preload,
      option: "--peer")
    description = try process.ask(
      String(decoding: JSONEncoder().encode(request), as: UTF8.self))
  }

  deinit { process.finish() }

  /// Runs so many steps; the seconds of each.
  func step(_ count: Int) throws -> [Double] {
    let answer: Steps = try process.ask("step \(count)")
    return answer.seconds
  }

  /// The largest resident memory so far.
  func peakByteCount() throws -> Int {
    let answer: Memory = try process.ask("memory")
    return answer.bytes
  }
}

extension LayerGeometry {
  /// What the layer puts out in a window, `[time, frequency, channel]`.
  var windowShape: [Int] {
    [
      followsPool || layer.operation == .averagePool ? 1 : windowColumnCount,
      output.frequencyCount, output.channelCount,
    ]
  }
}
