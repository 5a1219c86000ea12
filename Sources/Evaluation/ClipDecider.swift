// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// What decides of which class a clip is: the integer engine behind the whole line, or a float
/// network.
package protocol ClipDecider: ~Copyable {
  /// The classes, in the order of the decisions.
  var labels: [String] { get }

  /// Forgets everything that was heard.
  mutating func reset()

  /// The index of the class of the newest second, after `samples` (mono, 16 kHz) were heard.
  mutating func decide(_ samples: [Float]) -> Int
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

  /// The label with the largest posterior after `samples`.
  package mutating func decide(_ samples: [Float]) -> Int {
    let posteriors = posteriors(after: samples)
    var best = 0
    for label in posteriors.indices where posteriors[label] > posteriors[best] { best = label }
    return best
  }

  /// The newest posteriors after `samples`, one per label.
  mutating func posteriors(after samples: [Float]) -> [Float] {
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
