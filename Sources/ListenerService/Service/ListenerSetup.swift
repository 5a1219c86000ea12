// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// A configuration and what was loaded for it: all that can fail about a model has been done.
package struct ListenerSetup: Sendable {
  package var configuration: ListenerConfiguration
  package var plan: SpottingPlan

  package init(configuration: ListenerConfiguration, plan: SpottingPlan) {
    self.configuration = configuration
    self.plan = plan
  }
}
