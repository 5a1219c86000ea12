// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ListenerService
import ModelFormat

/// The line of `model` with the thresholds and the ratio of near misses that a listener was given, and
/// what there is to say about thresholds that a target chose.
func listenerPlan(
  _ model: QuantizedModel, for resolved: ResolvedConfiguration
) throws -> (plan: SpottingPlan, notes: [String]) {
  let configuration = resolved.configuration
  let request = ThresholdRequest(
    falseAlarmsPerDay: configuration.targetFalseAlarmsPerDay,
    acceptsUnproven: configuration.acceptsUnproven, thresholds: configuration.thresholds)
  let selection: ThresholdSelection
  do throws(ThresholdRequestError) {
    selection = try ThresholdSelection(request, of: model)
  } catch {
    let origin = resolved.origin(of: error.setting)
    let place =
      if case .file = origin { "\(origin.text): \(error.setting.key)" } else { origin.text }
    throw CommandError("\(place): \(error.text).", .configuration)
  }
  let plan = try spottingPlan(
    model, from: configuration.modelPath, detection: selection.detection,
    nearMissRatio: configuration.nearMissRatio)
  return (plan, selection.notes)
}
