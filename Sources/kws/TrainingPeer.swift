// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import ModelFormat

/// A Python that trains the same network in PyTorch, some steps whenever it is told to.
///
/// What is said both ways is described in the script.
final class TrainingPeer {
  private static let script = "Tests/Benchmarks/training_peer.py"

  /// What the peer is, as it says itself.
  struct Description: Decodable {
    var torch: String

    /// The memory format of the tensors, the faster of two.
    var format: String
    var threads: Int
  }

  let description: Description
  private let python: String
  private var process: PipedProcess

  private struct Request: Encodable {
    var architecture: Architecture
    var shapes: [[Int]]
    var batch: Int
    var threads: Int
  }
  private struct Failure: Decodable { var error: String }
  private struct Steps: Decodable { var seconds: [Double] }
  private struct Memory: Decodable { var bytes: Int }

  /// Starts `python` on a network.
  ///
  /// - Parameter preload: a library to be loaded before all others, such as an allocator.
  init(
    python: String, preload: String?, architecture: Architecture, batchSize: Int, threadCount: Int
  ) throws {
    guard FileManager.default.fileExists(atPath: Self.script) else {
      throw CommandError("\(Self.script): not found. Run this from the checkout.", .missingInput)
    }
    let request = Request(
      architecture: architecture,
      shapes: try architecture.geometry().map {
        [
          $0.followsPool || $0.layer.operation == .averagePool ? 1 : $0.windowColumnCount,
          $0.output.frequencyCount, $0.output.channelCount,
        ]
      },
      batch: batchSize, threads: threadCount)
    var process = try PipedProcess([python, Self.script], preload: preload)
    description = try Self.ask(
      &process, String(decoding: JSONEncoder().encode(request), as: UTF8.self), python: python)
    self.python = python
    self.process = process
  }

  deinit { process.finish() }

  /// Runs so many steps; the seconds of each.
  func step(_ count: Int) throws -> [Double] {
    let answer: Steps = try Self.ask(&process, "step \(count)", python: python)
    return answer.seconds
  }

  /// The largest resident memory so far.
  func peakByteCount() throws -> Int {
    let answer: Memory = try Self.ask(&process, "memory", python: python)
    return answer.bytes
  }

  private static func ask<Answer: Decodable>(
    _ process: inout PipedProcess, _ line: String, python: String
  ) throws -> Answer {
    guard process.write(line), let answer = process.readLine() else {
      let status = process.finish()
      throw CommandError(
        "\(python) \(script) ended with status \(status). What went wrong there stands above.",
        .internalError)
    }
    if let value = try? JSONDecoder().decode(Answer.self, from: Data(answer)) { return value }
    process.finish()
    if let failure = try? JSONDecoder().decode(Failure.self, from: Data(answer)) {
      throw CommandError(
        "\(python): \(failure.error). Install it there, or name another Python by --peer.",
        .missingInput)
    }
    throw CommandError(
      "\(python) \(script) answered \(JSONLine.quoted(String(decoding: answer, as: UTF8.self))).",
      .internalError)
  }
}
