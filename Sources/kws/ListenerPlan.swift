// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ListenerService
import ModelFormat

/// The line of `model` with the thresholds and the ratio of near misses that a listener was given.
func listenerPlan(
  _ model: QuantizedModel, for resolved: ResolvedConfiguration
) throws -> SpottingPlan {
  var detection = model.detection
  do throws(UnknownKeyword) {
    try detection.apply(resolved.configuration.thresholds, of: model)
  } catch {
    let origin = resolved.origin(of: .threshold)
    let place = if case .file = origin { "\(origin.text): threshold" } else { origin.text }
    throw CommandError("\(place): \(error.text).", .configuration)
  }
  return try spottingPlan(
    model, from: resolved.configuration.modelPath, detection: detection,
    nearMissRatio: resolved.configuration.nearMissRatio)
}
