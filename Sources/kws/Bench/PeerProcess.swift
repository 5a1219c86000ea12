// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// A Python that runs one of the scripts in `Tests/Benchmarks` and answers every line with a line of
/// JSON.
struct PeerProcess {
  private let python: String
  private let script: String

  /// The option that named the Python, for advice.
  private let option: String
  private var process: PipedProcess

  private struct Failure: Decodable { var error: String }

  /// Starts `python` on `script`, a path in the checkout.
  ///
  /// - Parameter preload: a library to be loaded before all others, such as an allocator.
  init(
    python: String, script: String, arguments: [String] = [], preload: String? = nil,
    option: String
  ) throws(CommandError) {
    guard FileManager.default.fileExists(atPath: script) else {
      throw CommandError("\(script): not found. Run this from the checkout.", .missingInput)
    }
    process = try PipedProcess([python, script] + arguments, preload: preload)
    self.python = python
    self.script = script
    self.option = option
  }

  /// Sends `line` and waits for the answer.
  mutating func ask<Answer: Decodable>(_ line: String) throws(CommandError) -> Answer {
    // A script that cannot go on may have said why and ended before it was asked.
    _ = process.write(line)
    return try answer()
  }

  /// Waits for a line of the script.
  mutating func answer<Answer: Decodable>() throws(CommandError) -> Answer {
    guard let line = process.readLine() else { throw ended() }
    if let value = try? JSONDecoder().decode(Answer.self, from: Data(line)) { return value }
    process.finish()
    if let failure = try? JSONDecoder().decode(Failure.self, from: Data(line)) {
      throw CommandError(
        "\(python): \(failure.error). Install it there, or name another Python by \(option).",
        .missingInput)
    }
    throw CommandError(
      "\(python) \(script) answered \(JSONLine.quoted(String(decoding: line, as: UTF8.self))).",
      .internalError)
  }

  /// Ends the script's input and waits for its end.
  mutating func finish() { process.finish() }

  private mutating func ended() -> CommandError {
    let status = process.finish()
    return CommandError(
      "\(python) \(script) ended with status \(status). What went wrong there stands above.",
      .internalError)
  }
}
