// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat

/// Lets models and checkpoints decide the clips of a folder.
struct ClipHearing {
  /// The folder of the clips.
  let path: String
  let start: ClipStart

  /// What the model or checkpoint at `model`, or the built-in model, makes of every clip.
  func outcomes(
    _ model: String?, isQuiet: Bool = false
  ) throws -> (model: ReportedModel, outcomes: [ClipOutcome]) {
    let network = try ClipNetwork(model)
    let folder = try folder(network.labels, isQuiet)
    func run<Decider: ClipDecider & ~Copyable>(
      _ decider: consuming Decider
    ) throws -> [ClipOutcome] {
      var evaluation = ClipEvaluation(decider)
      return try evaluation.run(folder.clips, start: start) { if !isQuiet { Self.tell($0) } }
    }
    let outcomes =
      switch network.kind {
      case .real(let checkpoint): try run(FloatClipDecider(checkpoint))
      case .integers(let plan): try run(SpottingClipDecider(plan: plan))
      }
    return (network.reported, outcomes)
  }

  /// The same clips under every condition.
  func conditions(
    _ model: String?, _ options: ConditionOptions
  ) throws -> (model: ReportedModel, scores: [ConditionScore]) {
    let network = try ClipNetwork(model)
    let evaluation = ConditionEvaluation(
      folder: try folder(network.labels), labels: network.labels, options: options, start: start)
    let scores =
      switch network.kind {
      case .real(let checkpoint):
        try evaluation.run(report: Self.tell) { try FloatClipDecider(checkpoint) }
      case .integers(let plan):
        try evaluation.run(report: Self.tell) { SpottingClipDecider(plan: plan) }
      }
    return (network.reported, scores)
  }

  /// The clips, after a word on folders that are left out.
  private func folder(_ labels: [String], _ isQuiet: Bool = false) throws -> ClipFolder {
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
