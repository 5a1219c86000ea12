// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Evaluation
import KeywordSpotting
import ModelFormat
import Reports
import SpeechDatasets
import Storage

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Says how good a model is on recordings.",
    discussion: """
      With --clips, on clips of known classes; with --data, on the validation clips that a training leaves \
      out; with both, on all of them. With --stream and --truth, on recordings with words at known times: a detection counts for a word from its start to one second after its end. With \
      --background, on recordings without keywords: false alarms per hour. Both go together.

      Every recording goes through the same line as a microphone: features, integer network. The clips of \
      --data come as the features that a training draws, not varied. Of a checkpoint the network computes \
      in single precision, with the integers that its training simulated, if it did. A clip is one second, cut or padded with zeros \
      at its end; its decision is the label with the largest posterior at its end. Intervals are Wilson's, 95 %; \
      those of streams are exact. With --noise and --snr, or --gain, the clips are heard as they are \
      and once more under each condition; one seed gives the same noise to every model.

      Folders are named after the model's labels, such as DIR/yes/*.wav and DIR/_unknown_/*.wav.
      """)

  @Option(help: ArgumentHelp("A folder with one folder of recordings per class.", valueName: "dir"))
  var clips: String?

  @Option(
    name: .customLong("data"),
    help: ArgumentHelp(
      "A data source of 'kws train', such as log-mel=DIR: its validation clips, after those of --clips.",
      valueName: "kind=dir"))
  var sources: [String] = []

  @OptionGroup var streams: StreamOptions

  @Option(
    help: ArgumentHelp(
      "Draw misses against false alarms over all thresholds.", valueName: "svg"))
  var det: String?

  @OptionGroup var conditions: ConditionOptions

  @Option(help: "A model file, or a checkpoint of 'kws train'; the built-in model if left out.")
  var model: String?

  @OptionGroup var thresholds: ThresholdOptions

  @Option(
    help: ArgumentHelp(
      "Another model on the same recordings: the difference, its interval and an exact paired test.",
      valueName: "model"))
  var compare: String?

  @Option(
    help: "Fewest clips of a speaker who is shown, or words of a signal-to-noise ratio.")
  var groupMinimum = 10

  @Flag(help: "Let every clip follow another in one stream instead of starting from reset.")
  var inStream = false

  @Option(
    help: ArgumentHelp(
      """
      Write a page to read, report.html, with drawings and players of the worst clips, the same as \
      report.json, and every drawing as a file of its own.
      """, valueName: "dir"))
  var report: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    let hasClips = clips != nil || !sources.isEmpty
    guard hasClips != streams.isGiven else {
      throw ValidationError(
        hasClips
          ? "clips and whole recordings are evaluated apart: give one of them"
          : "expected --clips or --data, or --stream with --truth, or --background")
    }
    guard (1...1_000_000).contains(groupMinimum) else {
      throw ValidationError("--group-minimum \(groupMinimum): expected 1 to 1000000")
    }
    guard !hasClips || !thresholds.isGiven else {
      throw ValidationError(
        "a threshold is for whole recordings: the class of a clip is the largest score, whatever the "
          + "thresholds"
      )
    }
    guard det == nil || !streams.stream.isEmpty else {
      throw ValidationError("--det: expected a --stream with words to miss")
    }
    guard !conditions.isGiven || (clips != nil && sources.isEmpty) else {
      throw ValidationError("--noise, --snr and --gain: expected --clips, and no --data, to hear")
    }
    guard report == nil || sources.isEmpty else {
      throw ValidationError(
        "--report: a page plays its clips, and spectra make no sound; leave out --data")
    }
    guard !inStream || sources.isEmpty || compare == nil else {
      throw ValidationError(
        "--in-stream, --data and --compare: which clip another follows depends on the model, so that two "
          + "would not hear the same; leave out one of the three")
    }
    guard !conditions.isGiven || compare == nil else {
      throw ValidationError("--noise, --snr and --gain go without --compare")
    }
  }

  func run() throws {
    let folder = try report.map { try ReportFolder($0) }
    guard !streams.isGiven else { return try runStreams(folder) }
    if let clips, conditions.isGiven { return try runConditions(clips, folder) }
    let hearing = ClipHearing(
      path: clips, sources: try sources.map(DataSource.init(parsing:)),
      start: inStream ? .inStream : .reset)
    let own = try hearing.outcomes(model)
    var report = ClipReport(
      path: clips ?? "", labels: own.model.labels, isInStream: inStream, outcomes: own.outcomes,
      minimumCount: groupMinimum)
    if let compare {
      let other = try hearing.outcomes(compare, isQuiet: true)
      try checkSame(own.model.labels, other.model.labels, of: compare)
      report.compare(with: other.outcomes, named: compare)
    }
    try write(report.lines, report.json)
    guard let folder else { return }
    try write(
      EvaluationPage(model: own.model, command: CommandLineText.current).clips(report), folder)
  }

  /// The same clips under every condition.
  private func runConditions(_ clips: String, _ folder: ReportFolder?) throws {
    let start: ClipStart = inStream ? .inStream : .reset
    let heard = try ClipHearing.conditions(clips, model, conditions, start: start)
    let report = ConditionReport(path: clips, start: start, scores: heard.scores)
    try write(report.table.lines, report.json)
    guard let folder else { return }
    try write(
      EvaluationPage(model: heard.model, command: CommandLineText.current).conditions(report),
      folder)
  }

  private func checkSame(_ own: [String], _ other: [String], of path: String) throws {
    guard Set(own) == Set(other) else {
      throw CommandError(
        "--compare \(path): knows \(other.sorted().joined(separator: ", ")), expected the same as the "
          + "model: \(own.sorted().joined(separator: ", ")).", .badData)
    }
  }

  private func write(_ lines: [String], _ object: String) throws {
    for line in json ? [object] : lines { try StandardOutput.write(line: line) }
  }

  private func write(_ content: ReportContent, _ folder: ReportFolder) throws {
    let path = try folder.write(content)
    guard !json else { return }
    try StandardOutput.write(line: "")
    try StandardOutput.write(line: "wrote \(path)")
  }

  private func runStreams(_ folder: ReportFolder?) throws {
    let loaded = try streamModel(model)
    let evaluation = try evaluation(of: loaded, from: model)
    var report = try evaluation.run(streams)
    report.minimumCount = groupMinimum
    if let compare {
      let other = try streamModel(compare)
      try checkSame(loaded.keywords, other.keywords, of: compare)
      report.compare(
        with: try self.evaluation(of: other, from: compare).run(streams),
        named: compare)
    }
    try write(report.lines, report.json)
    if let path = det, let chart = report.chart {
      try File.replace(path, with: Array(chart.svg().utf8).span)
    }
    guard let folder else { return }
    let reported = ReportedModel(
      loaded, digest: try modelDigest(model), path: model,
      kernels: evaluation.plan.instructionSet)
    try write(
      EvaluationPage(model: reported, command: CommandLineText.current).streams(report), folder)
  }

  /// `model` with the thresholds that are asked for; a target chooses them from each model's own table.
  private func evaluation(
    of model: QuantizedModel, from path: String?
  ) throws -> StreamEvaluation {
    let selection = try thresholds.apply(to: model)
    for note in selection.notes { printError("kws: \(note)") }
    return StreamEvaluation(
      plan: try spottingPlan(model, from: path, detection: selection.detection))
  }

  /// The model at `path`, or the built-in one.
  private func streamModel(_ path: String?) throws -> QuantizedModel {
    if let path, try loadIfCheckpoint(path) != nil {
      throw CommandError(
        "\(path): is a checkpoint. Streams are heard by the integer engine: 'kws quantize' it first.",
        .badData)
    }
    return try modelOrDefault(path)
  }
}
