// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser

/// The options of `evaluate` and `calibrate` that name whole recordings.
struct StreamOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "A recording with words at known times; repeat it, each with its --truth.",
      valueName: "file"))
  var stream: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      The words of a --stream, in the same order: lines of start, end (seconds) and word with tabs \
      between them, as Audacity exports labels.
      """, valueName: "tsv"))
  var truth: [String] = []

  @Option(
    help: ArgumentHelp(
      "A recording, or a folder of recordings, in which no keyword is spoken; repeat it for more.",
      valueName: "path"))
  var background: [String] = []

  /// Whether there is anything to hear.
  var isGiven: Bool { !stream.isEmpty || !background.isEmpty }

  func validate() throws {
    guard stream.count == truth.count else {
      throw ValidationError(
        "\(stream.count) --stream, \(truth.count) --truth: expected one --truth for each --stream")
    }
  }
}
