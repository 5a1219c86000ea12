// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// The last samples of a stream, for a spotter that takes over in its middle.
package struct RecentSamples: ~Copyable {
  /// Samples that are kept: 5 s, more than the built-in model looks back on.
  package static let length = 5 * SpottingPlan.sampleRate

  /// The index of the first sample of the stream.
  package private(set) var origin = 0

  /// The index behind the last sample.
  package private(set) var end = 0

  /// A ring by index since `origin`.
  private var samples: AlignedBuffer<Float>

  package init() { samples = AlignedBuffer(zeroed: Self.length) }

  /// The index of the oldest sample that is kept.
  package var start: Int { max(origin, end - samples.count) }

  /// Forgets all samples; the next one has index `origin`.
  package mutating func restart(at origin: Int) {
    self.origin = origin
    end = origin
  }

  /// Takes the next samples.
  package mutating func append(_ new: Span<Float>) {
    var target = (end - origin) % samples.count
    var ring = samples.mutableSpan
    for index in new.indices {
      ring[target] = new[index]
      target = target + 1 == ring.count ? 0 : target + 1
    }
    end += new.count
  }

  /// Samples from `index` on, as many as lie in one piece: at least one.
  ///
  /// - Precondition: `start <= index < end`.
  @_lifetime(borrow self)
  package func span(from index: Int) -> Span<Float> {
    precondition(start <= index && index < end, "samples are not kept")
    let first = (index - origin) % samples.count
    return samples.span.extracting(first..<min(first + end - index, samples.count))
  }
}
