// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Recordings of a person naming loudspeakers, from Debian's package alsa-utils.
enum Speech {
  private static let folder = "/usr/share/sounds/alsa/"

  /// The path of a recording, such as `Front_Left`.
  static func path(_ name: String) throws -> String {
    let path = folder + name + ".wav"
    try #require(
      FileManager.default.fileExists(atPath: path),
      "\(path) is missing: run .ci/setup, which installs what the tests need")
    return path
  }

  /// Converts a recording with sox and returns the path of the result.
  ///
  /// - Parameter options: how the result is stored, such as `-r 8000 -c 2`.
  static func convert(
    _ input: String, to output: String, _ options: [String] = [], effects: [String] = []
  ) throws -> String {
    let sox = "/usr/bin/sox"
    try #require(
      FileManager.default.fileExists(atPath: sox),
      "\(sox) is missing: run .ci/setup, which installs what the tests need")
    // Without -D sox adds noise, another one in every run.
    let run = try Command(program: sox, ["-D", "-V1", input] + options + [output] + effects)
    try #require(run.status == 0, "sox: \(run.error)")
    return output
  }

  /// Lets espeak-ng say `word` and returns the path of the recording, at espeak-ng's own rate.
  static func synthesize(_ word: String, to output: String) throws -> String {
    let program = "/usr/bin/espeak-ng"
    try #require(
      FileManager.default.fileExists(atPath: program),
      "\(program) is missing: run .ci/setup, which installs what the tests need")
    let run = try Command(program: program, ["-v", "en-us", "-s", "150", "-w", output, word])
    try #require(run.status == 0, "espeak-ng: \(run.error)")
    return output
  }

  /// The unpacked recordings named in the environment variable KWS_SPEECH_DATA, if any.
  static let dataFolder = ProcessInfo.processInfo.environment["KWS_SPEECH_DATA"]
}
