// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Evaluation
import KeywordSpotting
import ModelFormat
import Reports
import Storage

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Says how good a model is on recordings.",
    discussion: """
      With --clips, on clips of known classes. With --stream and --truth, on recordings with words at \
      known times: a detection counts for a word from its start to one second after its end. With \
      --background, on recordings without keywords: false alarms per hour. Both go together.

      Every clip goes through the same line as a microphone: features, integer network. Of a \
      checkpoint the network computes in single precision. A clip is one second, cut or padded with zeros \
      at its end; its decision is the label with the largest posterior at its end. Intervals are Wilson's, 95 %; \
      those of streams are exact.

      Folders are named after the model's labels, such as DIR/yes/*.wav and DIR/_unknown_/*.wav.
      """)

  @Option(help: ArgumentHelp("A folder with one folder of recordings per class.", valueName: "dir"))
  var clips: String?

  @OptionGroup var streams: StreamOptions

  @Option(help: "A model file, or a checkpoint of 'kws train'; the built-in model if left out.")
  var model: String?

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
    guard (clips == nil) == streams.isGiven else {
      throw ValidationError(
        clips == nil
          ? "expected --clips, or --stream with --truth, or --background"
          : "--clips and whole recordings are evaluated apart: give one of them")
    }
  }

  func run() throws {
    let folder = try report.map { try ReportFolder($0) }
    guard let clips else { return try runStreams(folder) }
    if let model, let checkpoint = try loadIfCheckpoint(model) {
      let reported = ReportedModel(checkpoint, digest: try modelDigest(model), path: model)
      try tell(clipReport(FloatClipDecider(checkpoint), reported, on: clips), folder)
    } else {
      let loaded = try modelOrDefault(model)
      let plan = try spottingPlan(loaded, from: model)
      let reported = ReportedModel(
        loaded, digest: try modelDigest(model), path: model, kernels: plan.instructionSet)
      try tell(clipReport(SpottingClipDecider(plan: plan), reported, on: clips), folder)
    }
  }

  private func runStreams(_ folder: ReportFolder?) throws {
    if let model, try loadIfCheckpoint(model) != nil {
      throw CommandError(
        "\(model): is a checkpoint. Streams are heard by the integer engine: 'kws quantize' it first.",
        .badData)
    }
    let loaded = try modelOrDefault(model)
    let plan = try spottingPlan(loaded, from: model)
    let result = try StreamEvaluation(plan: plan).run(streams)
    try show(result.lines, json: result.json)
    if let path = streams.det, let chart = result.chart {
      try File.replace(path, with: Array(chart.svg().utf8).span)
    }
    guard let folder else { return }
    let reported = ReportedModel(
      loaded, digest: try modelDigest(model), path: model, kernels: plan.instructionSet)
    try write(
      EvaluationPage(model: reported, command: CommandLineText.current).streams(result), folder)
  }

  private func clipReport<Decider: ClipDecider & ~Copyable>(
    _ decider: consuming Decider, _ model: ReportedModel, on clips: String
  ) throws -> (ClipReport, ReportedModel) {
    let labels = model.labels
    let folder = try ClipFolder(path: clips, labels: labels)
    for name in folder.ignoredFolders {
      printError("kws: \(clips)/\(name): left out: no label of the model, or no recordings in it.")
    }
    var evaluation = ClipEvaluation(decider)
    let outcomes = try evaluation.run(
      folder.clips, start: inStream ? .inStream : .reset, report: Self.tell)
    return (
      ClipReport(path: clips, labels: labels, isInStream: inStream, outcomes: outcomes), model
    )
  }

  private func tell(_ result: (ClipReport, ReportedModel), _ folder: ReportFolder?) throws {
    let (report, model) = result
    try show(report.lines, json: report.json)
    guard let folder else { return }
    try write(
      EvaluationPage(model: model, command: CommandLineText.current).clips(report), folder)
  }

  private func show(_ lines: [String], json line: String) throws {
    for line in json ? [line] : lines { try StandardOutput.write(line: line) }
  }

  private func write(_ content: ReportContent, _ folder: ReportFolder) throws {
    let path = try folder.write(content)
    if !json {
      try StandardOutput.write(line: "")
      try StandardOutput.write(line: "wrote \(path)")
    }
  }

  private static func tell(_ finding: ClipFinding) {
    switch finding {
    case .truncated(let path, let expected, let found):
      printError(
        "kws: \(path): truncated: expected \(expected) frames, found \(found). The rest counts as "
          + "digital silence.")
    case .empty(let path): printError("kws: \(path): has no samples. Counts as digital silence.")
    }
  }
}
