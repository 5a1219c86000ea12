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
      those of streams are exact. With --noise and --snr, or --gain, the clips are heard as they are \
      and once more under each condition; one seed gives the same noise to every model.

      Folders are named after the model's labels, such as DIR/yes/*.wav and DIR/_unknown_/*.wav.
      """)

  @Option(help: ArgumentHelp("A folder with one folder of recordings per class.", valueName: "dir"))
  var clips: String?

  @OptionGroup var streams: StreamOptions

  @OptionGroup var conditions: ConditionOptions

  @Option(help: "A model file, or a checkpoint of 'kws train'; the built-in model if left out.")
  var model: String?

  @Flag(help: "Let every clip follow another in one stream instead of starting from reset.")
  var inStream = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    guard (clips == nil) == streams.isGiven else {
      throw ValidationError(
        clips == nil
          ? "expected --clips, or --stream with --truth, or --background"
          : "--clips and whole recordings are evaluated apart: give one of them")
    }
    guard clips != nil || !conditions.isGiven else {
      throw ValidationError("--noise, --snr and --gain: expected --clips to hear")
    }
  }

  func run() throws {
    guard let clips else { return try runStreams() }
    guard !conditions.isGiven else { return try runConditions(clips) }
    if let model, let checkpoint = try loadIfCheckpoint(model) {
      try report(confusion(of: FloatClipDecider(checkpoint), checkpoint.labels, on: clips))
    } else {
      let loaded = try modelOrDefault(model)
      let decider = SpottingClipDecider(plan: try spottingPlan(loaded, from: model))
      try report(confusion(of: decider, loaded.labels, on: clips))
    }
  }

  /// Prints the accuracy under every condition.
  private func runConditions(_ clips: String) throws {
    func lines<Decider: ClipDecider & ~Copyable>(
      _ labels: [String], _ decider: () throws -> Decider
    ) throws -> [String] {
      let evaluation = ConditionEvaluation(
        folder: try folder(clips, labels), options: conditions,
        start: inStream ? .inStream : .reset)
      return try evaluation.lines(json: json, report: Self.tell, decider: decider)
    }
    let report: [String]
    if let model, let checkpoint = try loadIfCheckpoint(model) {
      report = try lines(checkpoint.labels) { try FloatClipDecider(checkpoint) }
    } else {
      let loaded = try modelOrDefault(model)
      let plan = try spottingPlan(loaded, from: model)
      report = try lines(loaded.labels) { SpottingClipDecider(plan: plan) }
    }
    for line in report { try StandardOutput.write(line: line) }
  }

  private func runStreams() throws {
    if let model, try loadIfCheckpoint(model) != nil {
      throw CommandError(
        "\(model): is a checkpoint. Streams are heard by the integer engine: 'kws quantize' it first.",
        .badData)
    }
    let loaded = try modelOrDefault(model)
    let report = try StreamEvaluation(plan: try spottingPlan(loaded, from: model)).run(streams)
    if json {
      try StandardOutput.write(line: report.json)
    } else {
      for line in report.lines { try StandardOutput.write(line: line) }
    }
    if let path = streams.det, let chart = report.chart {
      try File.replace(path, with: Array(chart.svg().utf8).span)
    }
  }

  private func confusion<Decider: ClipDecider & ~Copyable>(
    of decider: consuming Decider, _ labels: [String], on clips: String
  ) throws -> Confusion {
    var evaluation = ClipEvaluation(decider)
    return try evaluation.run(
      try folder(clips, labels).clips, start: inStream ? .inStream : .reset, report: Self.tell)
  }

  /// The clips, after a word on folders that are left out.
  private func folder(_ clips: String, _ labels: [String]) throws -> ClipFolder {
    let folder = try ClipFolder(path: clips, labels: labels)
    for name in folder.ignoredFolders {
      printError("kws: \(clips)/\(name): left out: no label of the model, or no recordings in it.")
    }
    return folder
  }

  private func report(_ confusion: Confusion) throws {
    if json {
      try StandardOutput.write(line: Self.json(confusion))
    } else {
      for line in lines(confusion) { try StandardOutput.write(line: line) }
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

  /// Lines for a person: accuracy, then a row per class with its confusions.
  private func lines(_ confusion: Confusion) -> [String] {
    var table = Table(header: ["class", "clips", "right", "accuracy", "taken for"])
    for (label, row) in confusion.counts.enumerated() {
      let total = row.reduce(0, +)
      guard total > 0 else { continue }
      let wrong = row.indices.filter { $0 != label && row[$0] > 0 }.sorted { row[$0] > row[$1] }
      table.add([
        confusion.labels[label], "\(total)", "\(row[label])",
        percent(Double(row[label]) / Double(total)),
        wrong.map { "\(confusion.labels[$0]) \(row[$0])" }.joined(separator: ", "),
      ])
    }
    return [
      "accuracy \(inStream ? "in-stream" : "from reset"): "
        + AccuracyText.line(correct: confusion.correctCount, total: confusion.clipCount), "",
    ] + table.lines
  }

  /// `{"clips", "correct", "accuracy", "interval": [low, high], "labels", "confusion"}`.
  private static func json(_ confusion: Confusion) -> String {
    var object = JSONLine()
    object.add("clips", confusion.clipCount)
    object.add("correct", confusion.correctCount)
    object.add("accuracy", confusion.accuracy, decimals: 6)
    let interval = confusion.interval
    object.add(
      "interval",
      json: JSONLine.array([
        fixed(interval.low, decimals: 6), fixed(interval.high, decimals: 6),
      ]))
    object.add("labels", json: JSONLine.array(confusion.labels.map(JSONLine.quoted)))
    object.add(
      "confusion",
      json: JSONLine.array(confusion.counts.map { JSONLine.array($0.map { "\($0)" }) }))
    return object.text
  }
}
