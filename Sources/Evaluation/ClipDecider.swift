// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// What decides of which class a clip is: the integer engine behind the whole line, or a float
/// network.
package protocol ClipDecider: ~Copyable {
  /// The classes, in the order of the decisions.
  var labels: [String] { get }

  /// Forgets everything that was heard.
  mutating func reset()

  /// One posterior per class for the newest second, after `samples` (mono, 16 kHz) were heard.
  mutating func posteriors(after samples: [Float]) -> [Float]
}

/// Decides by the line that a microphone goes through.
package struct SpottingClipDecider: ClipDecider, ~Copyable {
  private var spotter: KeywordSpotter

  package let labels: [String]

  package init(plan: SpottingPlan) {
    labels = plan.labels
    spotter = KeywordSpotter(plan: plan)
  }

  package mutating func reset() { spotter.reset() }

  package mutating func posteriors(after samples: [Float]) -> [Float] {
    var start = 0
    while true {
      let progress = spotter.push(samples.span.extracting(droppingFirst: start))
      start += progress.consumedSampleCount
      if progress.detection == nil { break }
    }
    let newest = spotter.newestPosteriors
    return newest.indices.map { newest[$0] }
  }
}
