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
  var stream: PosteriorStream
  var decider: KeywordDecider
  var energy: EnergyHistory

  /// Posteriors of the last block, `[column, label]`.
  var posteriors: AlignedBuffer<Float>
  private var waitingColumn = 0
  private var blockColumnCount = 0

  /// Posteriors of the last column that was decided.
  var newest: AlignedBuffer<Float>

  /// Columns decided since the start of the stream.
  package internal(set) var columnCount = 0

  /// The index of the stream's first sample.
  package private(set) var origin = 0

  /// The newest columns that fired, a ring by `firedCount`.
  var fired: AlignedBuffer<Int>
  var firedCount = 0

  /// Allocates the state of one stream.
  package init(plan: SpottingPlan) {
    self.plan = plan
    stream = PosteriorStream(plan: plan)
    decider = KeywordDecider(plan: plan.decision)
    posteriors = AlignedBuffer(zeroed: plan.blockColumnCount * plan.labels.count)
    newest = AlignedBuffer(zeroed: plan.labels.count)
    fired = AlignedBuffer(zeroed: 64)
    let configuration = plan.features.configuration
    energy = EnergyHistory(
      sampleRate: configuration.sampleRate, cellLength: configuration.hopLength,
      windowLength: plan.windowLength,
      lookAheadLength: configuration.windowLength
        + (SpottingPlan.blockFrameCount + 1) * configuration.hopLength
        + (plan.decision.nearMissRatio == nil ? 0 : Self.longestNearMissLength))
  }

  /// Samples from the highest score of a near miss to its end, beyond which its word is not looked
  /// for at its place: 2 s.
  private static let longestNearMissLength = 2 * SpottingPlan.sampleRate

  /// Bytes of state that belong to this stream alone, its scratch space included.
  package var stateByteCount: Int {
    stream.stateByteCount + decider.stateByteCount + energy.stateByteCount
      + 4 * (posteriors.count + newest.count) + 8 * fired.count
  }

  /// Forgets all samples: exactly the state after `init`.
  package mutating func reset() { restart(at: 0) }

  /// Forgets all samples; the next one has index `origin`, from which the times of detections count.
  package mutating func restart(at origin: Int) {
    self.origin = origin
    firedCount = 0
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
    let end = plan.lastSample(ofColumn: columnCount) + 1
    let at = origin + end - 1
    Self.copyColumn(waitingColumn, posteriors, &newest)
    let decision = Self.decide(newest, at, &decider)
    waitingColumn += 1
    columnCount += 1
    guard let decision else { return nil }
    if !decision.isNearMiss { noteFired(at) }
    let age = min(decision.age, Self.longestNearMissLength)
    let extent = energy.extent(before: end - age)
    return Detection(
      labelIndex: decision.labelIndex, label: plan.labels[decision.labelIndex],
      score: decision.score, threshold: decision.threshold, at: at,
      start: origin + extent.lowerBound, end: origin + extent.upperBound,
      isNearMiss: decision.isNearMiss)
  }

  mutating func noteFired(_ at: Int) {
    let place = firedCount % fired.count
    var ring = fired.mutableSpan
    ring[place] = at
    firedCount += 1
  }

  static func advance(
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

  static func copyColumn(
    _ column: Int, _ posteriors: borrowing AlignedBuffer<Float>,
    _ newest: inout AlignedBuffer<Float>
  ) {
    let rows = posteriors.span
    var row = newest.mutableSpan
    for label in row.indices { row[label] = rows[column * row.count + label] }
  }
}
