// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc
import ModelFormat

/// A Python that runs the same network in another engine, some clips whenever it is told to.
///
/// What is said both ways is described in the script.
final class InferencePeer {
  private static let script = "Tests/Benchmarks/inference_peer.py"

  /// The engines that the script knows.
  enum Engine: String, CaseIterable {
    case litert
    case onnx
  }

  /// What the peer says of itself.
  struct Description: Decodable {
    var engine: String

    /// What it decides on the clip; nil where its padding is another, and so its numbers.
    var posteriors: [Float]?

    /// Seconds of a call of a network of one addition: what is not the network's work.
    var overhead: Double
  }

  let description: Description
  private let python: String
  private var process: PipedProcess

  private struct Failure: Decodable { var error: String }
  private struct Clips: Decodable { var seconds: [Double] }

  /// Starts `python` on a network.
  ///
  /// - Parameter values: the clip in integers, `[frame, coefficient]`.
  /// - Throws: `CommandError` that says what to install.
  init(
    _ engine: Engine, python: String, model: QuantizedModel, geometry: [LayerGeometry],
    values: [UInt8]
  ) throws {
    guard FileManager.default.fileExists(atPath: Self.script) else {
      throw CommandError("\(Self.script): not found. Run this from the checkout.", .missingInput)
    }
    let request = InferencePeerRequest(
      peer: engine.rawValue, model: model, geometry: geometry, values: values)
    var process = try PipedProcess([python, Self.script], preload: nil)
    description = try Self.ask(
      &process, String(decoding: JSONEncoder().encode(request), as: UTF8.self), python: python)
    self.python = python
    self.process = process
  }

  deinit { process.finish() }

  /// Runs the clip so often; the seconds of each.
  func run(_ count: Int) throws -> [Double] {
    let answer: Clips = try Self.ask(&process, "run \(count)", python: python)
    return answer.seconds
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
        "\(python): \(failure.error). Install it there, or name another Python by --peers.",
        .missingInput)
    }
    throw CommandError(
      "\(python) \(script) answered \(JSONLine.quoted(String(decoding: answer, as: UTF8.self))).",
      .internalError)
  }
}
