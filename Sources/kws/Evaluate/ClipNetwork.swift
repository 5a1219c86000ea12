// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ModelFormat

/// What decides clips: the integers of a model, or a checkpoint in single precision.
struct ClipNetwork {
  enum Kind {
    case integers(QuantizedModel, SpottingPlan)
    case real(Checkpoint)
  }

  let kind: Kind
  let labels: [String]

  /// What a report says about it.
  let reported: ReportedModel

  /// The model or checkpoint at `path`, or the built-in model.
  init(_ path: String?) throws {
    if let path, let checkpoint = try loadIfCheckpoint(path) {
      kind = .real(checkpoint)
      labels = checkpoint.labels
      reported = ReportedModel(checkpoint, digest: try modelDigest(path), path: path)
      return
    }
    let model = try modelOrDefault(path)
    let plan = try spottingPlan(model, from: path)
    kind = .integers(model, plan)
    labels = model.labels
    reported = ReportedModel(
      model, digest: try modelDigest(path), path: path, kernels: plan.instructionSet)
  }
}
