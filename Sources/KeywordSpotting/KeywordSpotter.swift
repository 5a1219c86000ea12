// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import SpeechFeatures

/// What one call of `KeywordSpotter.push` did.
package struct SpottingProgress: Equatable, Sendable {
  /// Samples taken from the front; all of them if there is no detection.
  package var consumedSampleCount: Int

  /// A detection; there may be more in what was already taken: push the rest, even if it is empty.
  package var detection: Detection?
}

/// Samples to detections on one stream.
///
/// The same samples give the same detections, however they are cut into calls. A stream starts
/// cold: before its first sample the network has seen zeros, and nothing fires before its window,
/// about one second, is full. A recording of exactly one window can fire at its end; one that is
/// shorter needs silence after it.
package struct KeywordSpotter: ~Copyable {
  package let plan: SpottingPlan
  private var stream: PosteriorStream
  private var decider: KeywordDecider
  private var energy: EnergyHistory

  /// Posteriors of the last block, `[column, label]`.
  private var posteriors: AlignedBuffer<Float>
  private var waitingColumn = 0
  private var blockColumnCount = 0

  /// Posteriors of the last column that was decided.
  private var newest: AlignedBuffer<Float>

  /// Columns decided since the start of the stream.
  package private(set) var columnCount = 0

  /// Allocates the state of one stream.
  package init(plan: SpottingPlan) {
    self.plan = plan
    stream = PosteriorStream(plan: plan)
    decider = KeywordDecider(plan: plan.decision)
    posteriors = AlignedBuffer(zeroed: plan.blockColumnCount * plan.labels.count)
    newest = AlignedBuffer(zeroed: plan.labels.count)
    let configuration = plan.features.configuration
    energy = EnergyHistory(
      sampleRate: configuration.sampleRate, cellLength: configuration.hopLength,
      windowLength: plan.windowLength,
      lookAheadLength: configuration.windowLength
        + (SpottingPlan.blockFrameCount + 1) * configuration.hopLength)
  }

  /// Bytes of state that belong to this stream alone, its scratch space included.
  package var stateByteCount: Int {
    stream.stateByteCount + decider.stateByteCount + energy.stateByteCount
      + 4 * (posteriors.count + newest.count)
  }

  /// Forgets all samples: exactly the state after `init`.
  package mutating func reset() {
    stream.reset()
    decider.reset()
    energy.reset()
    Self.clear(&newest)
    waitingColumn = 0
    blockColumnCount = 0
    columnCount = 0
  }

  /// Takes samples until they end or a keyword fires.
  ///
  /// Allocates nothing, takes no lock, makes no system call. All samples are worked off once a call
  /// returns no detection:
  ///
  ///     var rest = samples
  ///     while true {
  ///       let progress = spotter.push(rest)
  ///       guard let detection = progress.detection else { break }
  ///       report(detection)
  ///       rest = rest.extracting(droppingFirst: progress.consumedSampleCount)
  ///     }
  ///
  /// - Parameter samples: Mono at 16 kHz, in [-1, 1).
  package mutating func push(_ samples: Span<Float>) -> SpottingProgress {
    var consumed = 0
    while true {
      while waitingColumn < blockColumnCount {
        if let detection = decideNextColumn() {
          return SpottingProgress(consumedSampleCount: consumed, detection: detection)
        }
      }
      guard consumed < samples.count else {
        return SpottingProgress(consumedSampleCount: consumed, detection: nil)
      }
      let rest = samples.extracting(droppingFirst: consumed)
      let progress = Self.advance(rest, &stream, &posteriors)
      energy.push(rest.extracting(0..<progress.consumedSampleCount))
      consumed += progress.consumedSampleCount
      waitingColumn = 0
      blockColumnCount = progress.columnCount
    }
  }

  /// The posteriors of the newest column, one per label, not smoothed; zeros before the first.
  ///
  /// After a clip of one window: the network's answer to the clip.
  package var newestPosteriors: Span<Float> {
    @_lifetime(borrow self)
    borrowing get { newest.span }
  }

  private mutating func decideNextColumn() -> Detection? {
    let at = plan.lastSample(ofColumn: columnCount)
    Self.copyColumn(waitingColumn, posteriors, &newest)
    let decision = Self.decide(newest, at, &decider)
    waitingColumn += 1
    columnCount += 1
    guard let decision else { return nil }
    let extent = energy.extent(before: at + 1)
    return Detection(
      labelIndex: decision.labelIndex, label: plan.labels[decision.labelIndex],
      score: decision.score, threshold: decision.threshold, at: at, start: extent.lowerBound,
      end: extent.upperBound)
  }

  private static func advance(
    _ samples: Span<Float>, _ stream: inout PosteriorStream,
    _ posteriors: inout AlignedBuffer<Float>
  ) -> PosteriorProgress {
    var rows = posteriors.mutableSpan
    return stream.push(samples, into: &rows)
  }

  private static func decide(
    _ newest: borrowing AlignedBuffer<Float>, _ at: Int, _ decider: inout KeywordDecider
  ) -> Decision? {
    decider.decide(newest.span, at: at)
  }

  private static func clear(_ newest: inout AlignedBuffer<Float>) {
    var row = newest.mutableSpan
    for label in row.indices { row[label] = 0 }
  }

  private static func copyColumn(
    _ column: Int, _ posteriors: borrowing AlignedBuffer<Float>,
    _ newest: inout AlignedBuffer<Float>
  ) {
    let rows = posteriors.span
    var row = newest.mutableSpan
    for label in row.indices { row[label] = rows[column * row.count + label] }
  }
}
