// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ModelFormat

/// A Python that runs our integer networks in another engine, whenever it is told to.
///
/// What is said both ways is described in the script.
final class InferencePeer {
  /// The engines, by the names that the script knows.
  static let names = ["litert", "onnxruntime", "onednn"]

  /// What the peer is, as it says itself.
  struct Description: Decodable {
    var library: String
    var version: String

    /// Seconds of a call that computes next to nothing: Python's part of every time, and more. Nil
    /// where the calls are timed in C.
    var overhead: Double?
  }

  /// How far what the peer computes agrees with our posteriors on the same clips.
  struct Agreement: Decodable {
    var clips: Int

    /// Clips with the same best label.
    var sameBest: Int

    /// Difference of logits in steps of their 8-bit form: in the clip in the middle, and at most.
    var steps: Double
    var largestSteps: Double
  }

  /// The form in which the peer has a network, the fastest of those that it has, or why it has none.
  struct Form: Decodable {
    var form: String?
    var agreement: Agreement?
    var refusal: String?
  }

  let description: Description
  private var process: PeerProcess

  private struct Times: Decodable { var seconds: [Double] }

  /// Starts `python` on one of `names`.
  init(python: String, name: String) throws(CommandError) {
    process = try PeerProcess(
      python: python, script: "Tests/Benchmarks/inference_peer.py", arguments: [name],
      option: "--peers")
    description = try process.answer()
  }

  deinit { process.finish() }

  /// Gives the peer another network.
  func load(_ request: InferencePeerRequest) throws -> Form {
    try process.ask(String(decoding: JSONEncoder().encode(request), as: UTF8.self))
  }

  /// Runs the network on so many windows; the seconds of each.
  func time(_ count: Int) throws -> [Double] {
    let answer: Times = try process.ask("time \(count)")
    return answer.seconds
  }
}
