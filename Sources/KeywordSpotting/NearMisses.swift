// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Follows scores that come near their thresholds.
///
/// An excursion starts where a score reaches `nearMissRatio` of its threshold and ends where it
/// drops below `rearmRatio` of that. It is a near miss if nothing fired during it, if it did not
/// start within the refractory time of a detection, and only once.
struct NearMisses: ~Copyable {
  /// What is known of one label's score.
  private struct Excursion: BitwiseCopyable {
    /// The highest score; 0 where there is no excursion.
    var peak: Float
    var peakSample: Int

    /// Whether the score belongs to an utterance that fired.
    var isSpent: Bool
  }

  private var excursions: AlignedBuffer<Excursion>

  init(labelCount: Int) { excursions = AlignedBuffer(zeroed: labelCount) }

  var byteCount: Int { excursions.count * MemoryLayout<Excursion>.stride }

  mutating func reset() {
    var span = excursions.mutableSpan
    for label in span.indices { span[label] = Excursion(peak: 0, peakSample: 0, isSpent: false) }
  }

  /// Takes the scores of a column in which nothing fired, or all of which belong to what fired.
  ///
  /// - Returns: the near miss that ended; of several the one with the highest score.
  mutating func follow(
    _ scores: Span<Float>, at sample: Int, plan: DecisionPlan, isSpent: Bool
  ) -> Decision? {
    guard let ratio = plan.nearMissRatio else { return nil }
    var found: Decision?
    var span = excursions.mutableSpan
    for label in span.indices where plan.thresholds[label].isFinite {
      let line = ratio * plan.thresholds[label]
      let score = scores[label]
      if isSpent {
        span[label].isSpent = score >= plan.rearmRatio * line
        span[label].peak = 0
      } else if score < plan.rearmRatio * line {
        if span[label].peak > (found?.score ?? 0) {
          found = Decision(
            labelIndex: label, score: span[label].peak, threshold: plan.thresholds[label],
            isNearMiss: true, age: sample - span[label].peakSample)
        }
        span[label] = Excursion(peak: 0, peakSample: 0, isSpent: false)
      } else if score >= line && score > span[label].peak && !span[label].isSpent {
        span[label].peak = score
        span[label].peakSample = sample
      }
    }
    return found
  }

  /// Takes over what `other` knows of the label of the same name, `index` of it.
  mutating func adopt(_ index: Int, of other: borrowing NearMisses, as label: Int) {
    var span = excursions.mutableSpan
    span[label] = other.excursions.span[index]
  }
}
