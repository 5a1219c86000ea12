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
      counts for every keyword and threshold, as if that keyword were the only one. 'kws listen', \
      'kws replay' and 'kws evaluate' then take --target-fa-per-day. Use recordings that neither trained the model nor \
      will test it.

      A number of false alarms per day can be claimed only after hours without any: 1 per day takes \
      89 hours of --background, 10 per day 9 hours.

      Example:
        kws calibrate --model m --stream w.wav --truth w.tsv --background DIR
        kws listen --model m --target-fa-per-day 100
      """)

  @OptionGroup var recordings: StreamOptions

  @Option(
    help: ArgumentHelp(
      """
      First make scores probabilities on the prior that every label is equally likely, by these clips: \
      DIR/<label>/*.wav. It divides the network's outputs by one number, which no decision between labels \
      depends on, but every threshold.
      """, valueName: "dir"))
  var clips: String?

  @Option(
    help: """
      The threshold that the model comes with, for every keyword that has none of its own; what it has now \
      if left out.
      """)
  var defaultThreshold: Float?

  @Option(help: "The model file; the built-in model if left out.")
  var model: String?

  @Option(help: "The model file to write; --model itself if left out.")
  var output: String?

  func validate() throws {
    guard !recordings.stream.isEmpty, !recordings.background.isEmpty else {
      throw ValidationError(
        "expected a --stream with its --truth, and a --background without keywords")
    }
    if let defaultThreshold, !(0.001...1).contains(defaultThreshold) {
      throw ValidationError("--default-threshold \(defaultThreshold): expected 0.001 to 1")
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
    if let defaultThreshold { loaded.detection.defaultThreshold = defaultThreshold }
    if let clips { try calibrateScores(of: &loaded, by: clips) }
    let (points, streams) = try count(loaded)
    loaded.operatingPoints = points
    loaded.provenance.commands.append(CommandLineText.current)
    try File.replace(output, with: loaded.encoded().span)
    try StandardOutput.write(line: ScoreCalibrationText.line(loaded))
    for line in OperatingPointsText(points: points, keywords: loaded.keywords).lines {
      try StandardOutput.write(line: line)
    }
    let together = JointOperation(points: points, keywords: loaded.keywords, streams: streams)
    for line in [""] + together.lines { try StandardOutput.write(line: line) }
    try StandardOutput.write(line: "wrote \(output)")
  }

  /// Divides the logits of `model` by the temperature that the clips in `folder` ask for.
  private func calibrateScores(of model: inout QuantizedModel, by folder: String) throws {
    let clips = try ClipFolder(path: folder, labels: model.labels)
    var evaluation = ClipEvaluation(
      SpottingClipDecider(plan: try spottingPlan(model, from: self.model)))
    let fit = try evaluation.fit(clips.clips) { ClipHearing.tell($0) }
    guard var calibration = fit.calibration(labels: model.labels) else { return }
    model.divideLogits(by: calibration.temperature)
    // What an earlier calibration divided by is in the scales as well.
    let whole = calibration.temperature * (model.scores?.temperature ?? 1)
    guard ScoreCalibration.temperatures.contains(whole), calibration.prior.count > 1 else {
      throw CommandError(
        "--clips \(folder): these clips make a temperature of \(fixed(whole, decimals: 2)), expected "
          + "0.05 to 20 and clips of at least two labels. Give more clips, also some that the model "
          + "gets wrong.", .badData)
    }
    calibration.temperature = whole
    model.scores = calibration
  }

  /// What the recordings tell of every threshold, and those with words.
  private func count(
    _ model: QuantizedModel
  ) throws -> (OperatingPoints, [(trace: PosteriorTrace, truth: [TruthWord])]) {
    var streams: [(trace: PosteriorTrace, truth: [TruthWord])] = []
    let hearing = RecordingHearing(plan: try spottingPlan(model, from: self.model))
    var count = OperatingCount(labels: model.labels, keywords: model.keywords)
    var digest = SHA256()
    func add(_ path: String) throws { digest.update(Array(try File.sha256(path).utf8).span) }
    for (path, truthPath) in zip(recordings.stream, recordings.truth) {
      let (trace, truth) = try hearing.stream(path, truthPath)
      count.add(trace, truth: truth)
      streams.append((trace, truth))
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
    return (count.points(recordingsDigest: digest.finish()), streams)
  }
}
