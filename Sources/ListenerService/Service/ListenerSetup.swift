// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// A configuration and what was loaded for it: all that can fail about a model has been done.
package struct ListenerSetup: Sendable {
  package var configuration: ListenerConfiguration
  package var plan: SpottingPlan

  /// SHA-256 of the model in hexadecimal digits, and the version of the program, for the metrics.
  package var modelDigest: String
  package var version: String

  package init(
    configuration: ListenerConfiguration, plan: SpottingPlan, modelDigest: String, version: String
  ) {
    self.configuration = configuration
    self.plan = plan
    self.modelDigest = modelDigest
    self.version = version
  }

  /// Whether both decide alike: the same model, thresholds and near misses.
  func decidesLike(_ other: ListenerSetup) -> Bool {
    modelDigest == other.modelDigest && configuration.thresholds == other.configuration.thresholds
      && configuration.targetFalseAlarmsPerDay == other.configuration.targetFalseAlarmsPerDay
      && configuration.nearMissRatio == other.configuration.nearMissRatio
  }
}
