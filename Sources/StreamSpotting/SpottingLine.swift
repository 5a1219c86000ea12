// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
import Buffers
package import KeywordSpotting

/// The one loop from a source of audio to detections: what `listen`, `replay` and every evaluation
/// of a stream run.
///
/// Every step allocates nothing but for the source, and but for the step in which a spotter takes
/// over.
package struct SpottingLine: ~Copyable {
  /// Samples that are read at a time at most: a second, of which a live source gives a period.
  private static let blockLength = 16_000

  /// The plan of the spotter at work.
  package var plan: SpottingPlan { spotter.plan }

  /// The index of the next sample that is read.
  package private(set) var position = 0

  private var spotter: KeywordSpotter
  /// The spotter that takes over once the samples at hand are worked off.
  private var successor: KeywordSpotter?
  /// What a successor hears; nil where none ever comes.
  private var recent: RecentSamples?

  private var block = AlignedBuffer<Float>(zeroed: blockLength)
  private var blockCount = 0
  private var pushedCount = 0
  private var isWorking = false

  /// Allocates the state of one stream.
  ///
  /// - Parameter keepsRecentSamples: Whether a spotter may take over in the middle of the stream.
  package init(plan: SpottingPlan, keepsRecentSamples: Bool = false) {
    spotter = KeywordSpotter(plan: plan)
    successor = nil
    recent = keepsRecentSamples ? RecentSamples() : nil
  }

  /// Starts anew: exactly the state after `init`, with the spotter at work now.
  package mutating func reset() { restart(at: 0) }

  /// Lets a new plan decide from the next sample that is read, without a word lost.
  ///
  /// See `KeywordSpotter.prime`. A line that keeps no recent samples starts it cold.
  package mutating func replaceSpotter(plan: SpottingPlan) {
    successor = KeywordSpotter(plan: plan)
    if !isWorking { succeed() }
  }

  /// The samples of the last step that gave `.samples`, the last of which is `position - 1`.
  package var newestSamples: Span<Float> {
    @_lifetime(borrow self)
    borrowing get { block.span.extracting(0..<blockCount) }
  }

  /// The posteriors of the newest column, one per label, not smoothed.
  package var newestPosteriors: Span<Float> {
    @_lifetime(borrow self)
    borrowing get { spotter.newestPosteriors }
  }

  /// Does the next thing there is to do; blocks where the source does.
  ///
  /// Reads from `source` only once all detections of the samples before are given.
  /// - Throws: what the source throws.
  package mutating func step(
    _ source: inout some AudioSource & ~Copyable
  ) throws(AudioError) -> SpottingStep {
    if !isWorking {
      var room = block.mutableSpan
      switch try source.read(into: &room) {
      case .samples(let count): begin(count)
      case .restart(let at):
        restart(at: at)
        return .restarted(at: at)
      case .idle: return .idle
      case .end: return .end
      }
    }
    return work()
  }

  /// Hears `count` samples of digital zero, a block at most, before the next step.
  ///
  /// - Precondition: The last step gave no detection.
  package mutating func hearSilence(count: Int) -> SpottingStep {
    if !isWorking {
      let length = min(count, Self.blockLength)
      Self.clear(&block, length)
      begin(length)
    }
    return work()
  }

  private mutating func begin(_ count: Int) {
    blockCount = count
    pushedCount = 0
    isWorking = true
    position += count
  }

  private mutating func work() -> SpottingStep {
    let progress = Self.push(block, pushedCount..<blockCount, &spotter)
    pushedCount += progress.consumedSampleCount
    if let detection = progress.detection { return .detection(detection) }
    isWorking = false
    Self.keep(block, blockCount, &recent)
    succeed()
    return .samples(blockCount)
  }

  private mutating func restart(at index: Int) {
    spotter.restart(at: index)
    recent?.restart(at: index)
    position = index
    blockCount = 0
    isWorking = false
    succeed()
  }

  private mutating func succeed() {
    guard var next = successor.take() else { return }
    if let heard = recent.take() {
      next.prime(heard, after: spotter)
      recent = consume heard
    } else {
      next.restart(at: position)
    }
    spotter = next
  }

  // A span of one stored property and a change of another do not live side by side in one
  // expression; these take them apart.

  private static func push(
    _ block: borrowing AlignedBuffer<Float>, _ range: Range<Int>, _ spotter: inout KeywordSpotter
  ) -> SpottingProgress {
    spotter.push(block.span.extracting(range))
  }

  private static func keep(
    _ block: borrowing AlignedBuffer<Float>, _ count: Int, _ recent: inout RecentSamples?
  ) {
    recent?.append(block.span.extracting(0..<count))
  }

  private static func clear(_ block: inout AlignedBuffer<Float>, _ count: Int) {
    var span = block.mutableSpan
    for index in 0..<count { span[index] = 0 }
  }
}
