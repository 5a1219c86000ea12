// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Evaluation
import ModelFormat
import Storage

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Stores in a model what each threshold costs: false alarms and missed words.",
    discussion: """
      Hears --background, in which no keyword is spoken, and each --stream with its --truth, and \
      counts for every keyword and threshold, as if that keyword were the only one. 'kws listen' and \
      'kws replay' then take --target-fa-per-day. Use recordings that neither trained the model nor \
      will test it.

      A number of false alarms per day can be claimed only after hours without any: 1 per day takes \
      89 hours of --background, 10 per day 9 hours.

      Example:
        kws calibrate --model m.safetensors --stream w.wav --truth w.tsv --background DIR
        kws listen --model m.safetensors --target-fa-per-day 100
      """)

  @OptionGroup var recordings: StreamOptions

  @Option(help: "The model file; the built-in model if left out.")
  var model: String?

  @Option(help: "The model file to write; --model itself if left out.")
  var output: String?

  func validate() throws {
    guard !recordings.stream.isEmpty, !recordings.background.isEmpty else {
      throw ValidationError(
        "expected a --stream with its --truth, and a --background without keywords")
    }
    guard let path = output ?? model else {
      throw ValidationError(
        "--output: expected the name of a file; nothing replaces the built-in model")
    }
    guard path != "" else { throw ValidationError("--output: expected the name of a file") }
  }

  func run() throws {
    guard let output = output ?? model else { return }
    try File.checkCanReplace(output)
    var loaded = try modelOrDefault(model)
    let points = try count(loaded)
    loaded.operatingPoints = points
    // The table of an earlier calibration is gone, so its command is no part of this model.
    loaded.provenance.commands.removeAll { $0.hasPrefix("kws calibrate ") }
    loaded.provenance.commands.append(CommandLineText.current)
    try File.replace(output, with: loaded.encoded().span)
    for line in OperatingPointsText(points: points, keywords: loaded.keywords).lines {
      try StandardOutput.write(line: line)
    }
    try StandardOutput.write(line: "wrote \(output)")
  }

  /// What the recordings tell of every threshold.
  private func count(_ model: QuantizedModel) throws -> OperatingPoints {
    let hearing = RecordingHearing(plan: try spottingPlan(model, from: self.model))
    var count = OperatingCount(labels: model.labels, keywords: model.keywords)
    var digest = SHA256()
    func add(_ path: String) throws { digest.update(Array(try File.sha256(path).utf8).span) }
    for (path, truthPath) in zip(recordings.stream, recordings.truth) {
      let (trace, truth) = try hearing.stream(path, truthPath)
      count.add(trace, truth: truth)
      try add(path)
      try add(truthPath)
    }
    for folder in recordings.background {
      for path in try BackgroundFolder.recordings(at: folder) {
        count.add(background: try hearing.trace(path))
        try add(path)
      }
    }
    guard count.backgroundSeconds > 0 else {
      throw CommandError(
        "--background: every recording is shorter than the model's window, so that nothing could "
          + "fire. Give longer ones.", .badData)
    }
    return count.points(recordingsDigest: digest.finish())
  }
}
