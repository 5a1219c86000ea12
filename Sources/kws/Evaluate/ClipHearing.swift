// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat
import SpeechDatasets

/// Lets models and checkpoints decide the clips of a folder, and the validation clips of data sources.
struct ClipHearing {
  /// The folder of the clips, if there is one.
  let path: String?

  /// Sources whose validation clips come after those of the folder.
  let sources: [DataSource]
  let start: ClipStart

  /// What the model or checkpoint at `model`, or the built-in model, makes of every clip.
  func outcomes(
    _ model: String?, isQuiet: Bool = false
  ) throws -> (model: ReportedModel, outcomes: [ClipOutcome]) {
    let network = try ClipNetwork(model)
    var outcomes: [ClipOutcome] = []
    if let path { outcomes += try recordings(path, network, isQuiet: isQuiet) }
    if !sources.isEmpty {
      outcomes += try ValidationHearing(sources: sources, start: start).outcomes(network)
    }
    return (network.reported, outcomes)
  }

  private func recordings(
    _ path: String, _ network: ClipNetwork, isQuiet: Bool
  ) throws -> [ClipOutcome] {
    let folder = try Self.folder(path, network.labels, isQuiet)
    func run<Decider: ClipDecider & ~Copyable>(
      _ decider: consuming Decider
    ) throws -> [ClipOutcome] {
      var evaluation = ClipEvaluation(decider)
      return try evaluation.run(folder.clips, start: start) { if !isQuiet { Self.tell($0) } }
    }
    return switch network.kind {
    case .real(let checkpoint): try run(FloatClipDecider(checkpoint))
    case .integers(_, let plan): try run(SpottingClipDecider(plan: plan))
    }
  }

  /// The clips of the folder `path` under every condition.
  static func conditions(
    _ path: String, _ model: String?, _ options: ConditionOptions, start: ClipStart
  ) throws -> (model: ReportedModel, scores: [ConditionScore]) {
    let network = try ClipNetwork(model)
    let evaluation = ConditionEvaluation(
      folder: try folder(path, network.labels), labels: network.labels, options: options,
      start: start)
    let scores =
      switch network.kind {
      case .real(let checkpoint):
        try evaluation.run(report: tell) { try FloatClipDecider(checkpoint) }
      case .integers(_, let plan):
        try evaluation.run(report: tell) { SpottingClipDecider(plan: plan) }
      }
    return (network.reported, scores)
  }

  /// The clips, after a word on folders that are left out.
  private static func folder(
    _ path: String, _ labels: [String], _ isQuiet: Bool = false
  ) throws -> ClipFolder {
    let folder = try ClipFolder(path: path, labels: labels)
    for name in folder.ignoredFolders where !isQuiet {
      printError("kws: \(path)/\(name): left out: no label of the model, or no recordings in it.")
    }
    return folder
  }

  static func tell(_ finding: ClipFinding) {
    switch finding {
    case .truncated(let path, let expected, let found):
      printError(
        "kws: \(path): truncated: expected \(expected) frames, found \(found). The rest counts as "
          + "digital silence.")
    case .empty(let path): printError("kws: \(path): has no samples. Counts as digital silence.")
    }
  }
}
