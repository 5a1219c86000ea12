// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting

extension Listener {
  /// Reads the configuration anew; all of it takes over, or nothing does.
  func takeNewConfiguration() {
    // Before the first audio the manager is told nothing: READY would be a lie.
    let isReady = health.isReady
    if isReady { notifier.reloading() }
    defer {
      StartPages.giveBack()
      if isReady { notifier.ready() }
    }
    do {
      let new = try reload()
      // What is on its way belongs to the outputs that it was decided for.
      drain()
      let reports = outputReports
      outputs = try OutputSet(
        new.configuration.outputs, metrics: metrics, reusing: outputs
      ) { reports.take($0) }
      let needRestart = setup.configuration.needRestart(for: new.configuration)
      let kept = setup
      let decidesAlike = new.decidesLike(kept)
      setup = new
      setup.configuration.keepWhatNeedsRestart(from: kept.configuration)
      // The plan at work is as good, and one in memory is enough.
      if decidesAlike { setup.plan = kept.plan }
      if !decidesAlike {
        generation += 1
        labels[generation] = new.plan.labels
        publishModel()
      }
      mailbox.put(
        SpotterChange(generation: generation, plan: setup.plan, clipTap: outputs.clipTap))
      wording.log(.reloaded(needRestart: needRestart))
    } catch {
      wording.log(.reloadRefused(error))
    }
  }

  /// Names the model in the metrics.
  func publishModel() {
    metrics.modelIs(
      keywords: setup.plan.decision.keywords, digest: setup.modelDigest, version: setup.version)
  }
}
