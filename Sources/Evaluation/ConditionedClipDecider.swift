// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Lets another decider hear every clip under a condition.
///
/// The noise of a clip depends on the seed and on how many clips came before, so that every
/// condition and every model hears the same noise with the same clip.
package struct ConditionedClipDecider<Decider: ClipDecider & ~Copyable>: ClipDecider, ~Copyable {
  package var labels: [String] { decider.labels }

  private var decider: Decider
  private let condition: ClipCondition
  private let noise: NoiseRecordings?
  private let seed: UInt64
  private var clipCount: UInt32 = 0

  package init(
    _ decider: consuming Decider, condition: ClipCondition, noise: NoiseRecordings?, seed: UInt64
  ) {
    self.decider = decider
    self.condition = condition
    self.noise = noise
    self.seed = seed
  }

  package mutating func reset() { decider.reset() }

  package mutating func posteriors(after samples: [Float]) -> [Float] {
    var generator = CounterBasedGenerator(seed: seed, stream: 0x4E4F_4953, clipCount)
    clipCount += 1
    return decider.posteriors(after: condition.applied(to: samples, noise: noise, &generator))
  }
}
