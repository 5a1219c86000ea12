// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@Suite struct UsageTests {
  /// Every subcommand with the options that its help must name.
  private static let commands: [([String], [String])] = [
    (["replay"], ["--model", "--format", "--threshold", "--tail", "text", "jsonl", "name"]),
    (["evaluate"], ["--clips", "--model", "--in-stream", "--json"]),
    (
      ["train"],
      [
        "--data", "--keywords", "--hop", "--coefficients", "--architecture", "--output", "--epochs",
        "--batch", "--learning-rate", "--warm-up", "--optimizer", "--weight-decay",
        "--label-smoothing", "--seed", "--threads", "--resume", "sgd", "adam", "temporal-64",
        "ds-cnn-s", "bc-resnet-1",
      ]
    ),
    (
      ["quantize"],
      [
        "--data", "--keywords", "--output", "--calibration-batches", "--method", "--weight-bits",
        "--bytes", "--max-loss",
      ]
    ),
    (["dataset"], ["get"]), (["dataset", "get"], ["speech-commands-v0.02"]),
    (["inspect"], ["--json", "--coefficients", "<model>"]),
    (["bench"], ["features", "inference", "stream", "training"]),
    (["bench", "features"], ["--json", "--peer"]),
    (["bench", "inference"], ["--json", "--model"]),
    (["bench", "stream"], ["--json", "--model"]),
    (
      ["bench", "training"],
      [
        "--peer", "--preload", "--architecture", "--data", "--keywords", "--threads", "--rounds",
        "--steps", "--json", "derived", "all-7x7", "ds-cnn-l",
      ]
    ),
  ]

  @Test func `the first help names every command and reads on 80 columns`() throws {
    let run = try Command(["--help"])
    #expect(run.status == 0)
    #expect(run.error == "")
    for (command, _) in Self.commands where command.count == 1 {
      #expect(run.lines.contains { $0.hasPrefix("  \(command[0])  ") }, "\(command)")
    }
    for code in ["64", "65", "66", "69", "70", "74", "78", "130"] {
      #expect(run.output.contains(code))
    }
    #expect(try Command([]).output == run.output)
    #expect(try Command(["--version"]).output.contains("."))
  }

  @Test(arguments: commands)
  func `help names every option and wraps well`(command: [String], options: [String]) throws {
    let run = try Command(command + ["--help"])
    #expect(run.status == 0)
    #expect(run.error == "")
    for option in options { #expect(run.output.contains(option), "\(option)") }
    wrapsWell(run)
    wrapsWell(try Command(["--help"]))
  }

  /// No line of a text or example is broken so that its rest stands alone on the next line.
  private func wrapsWell(_ run: Command) {
    var lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)[...]
    lines = lines.prefix { !$0.hasPrefix("USAGE") }
    for (line, next) in zip(lines, lines.dropFirst()) {
      #expect(line.count <= 80)
      // An example is indented; what follows it flush left is a broken rest.
      #expect(!(line.hasPrefix("  ") && !next.isEmpty && !next.hasPrefix("  ")), "\(next)")
      // A short line inside of a paragraph is a rest too.
      if !line.isEmpty, !line.hasPrefix("  "), !next.isEmpty, !next.hasPrefix("  ") {
        let word = next.prefix { $0 != " " }.count
        #expect(line.count + 1 + word >= 80, "broken early: \(line)")
      }
    }
  }

  @Test(
    arguments: [
      ["frobnicate"], ["replay"], ["replay", "--bogus", "x.wav"],
      ["replay", "--format", "xml", "x"],
      ["replay", "--threshold", "nonsense", "x.wav"], ["replay", "--threshold", "nan", "x.wav"],
      ["replay", "--threshold", "1.5", "x.wav"], ["replay", "--threshold", "left=", "x.wav"],
      ["replay", "--threshold", "=0.95", "x.wav"], ["replay", "--threshold", "==0.9", "x.wav"],
      ["replay", "--threshold", "_silence_=0.5", "x.wav"],
      ["replay", "--threshold", "zebra=0.5", "x.wav"], ["replay", "--tail", "-1", "x.wav"],
      ["replay", "--tail", "nan", "x.wav"], ["evaluate"], ["inspect", "a", "b"],
      ["bench", "everything"], ["bench", "training", "--threads", "0"],
      ["bench", "training", "--rounds", "0"], ["bench", "training", "--steps", "many"],
      ["bench", "training", "--architecture", "magic"], ["bench", "training", "--data", "mp3=x"],
      ["bench", "training", "--preload", "x"], ["bench", "training", "--keywords", "yes,yes"],
      ["train", "--output", "x"],
      ["train", "--data", "log-mel=x", "--output", "x", "--epochs", "0"],
      ["train", "--data", "log-mel=x", "--output", "x", "--epochs", "many"],
      ["train", "--data", "log-mel=x", "--output", "x", "--batch", "1"],
      ["train", "--data", "log-mel=x", "--output", "x", "--learning-rate", "nan"],
      ["train", "--data", "log-mel=x", "--output", "x", "--optimizer", "magic"],
      ["train", "--data", "log-mel=x", "--output", "x", "--threads", "0"],
      ["train", "--data", "mp3=x", "--output", "x"],
      ["train", "--data", "log-mel=x", "--output", "x", "--keywords", "yes,,no"],
      ["train", "--data", "log-mel=x", "--output", "x", "--keywords", "yes,yes"],
      ["quantize", "x", "--data", "log-mel=x", "--output", "y", "--calibration-batches", "0"],
    ])
  func `wrong use exits with 64, says what was wrong and leaves standard output alone`(
    arguments: [String]
  ) throws {
    let run = try Command(arguments)
    #expect(run.status == 64)
    #expect(run.output == "")
    #expect(run.error.hasPrefix("Error: ") || run.error.hasPrefix("kws: "))
    #expect(!run.error.contains("Fatal"))
  }

  @Test func `a threshold that is no number is answered with what is expected`() throws {
    let run = try Command(["replay", "--threshold", "loud", "x.wav"])
    #expect(
      run.error
        == "kws: --threshold loud: expected a number from 0.001 to 1, such as 0.8 or yes=0.8.\n")
  }
}
