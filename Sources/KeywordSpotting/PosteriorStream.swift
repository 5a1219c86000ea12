// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Inference
import SpeechFeatures

/// What one call of `PosteriorStream.push` did.
package struct PosteriorProgress: Equatable, Sendable {
  /// Samples taken from the front.
  package var consumedSampleCount: Int

  /// Columns written.
  package var columnCount: Int
}

/// Samples to posteriors: features and network on one stream.
///
/// The same samples give the same posteriors, however they are cut into calls.
package struct PosteriorStream: ~Copyable {
  package let plan: SpottingPlan
  private var extractor: FeatureExtractor
  private var network: StreamingNetwork
  private var frames: AlignedBuffer<Float>
  private var rows: AlignedBuffer<Float>

  /// Allocates the state of one stream.
  package init(plan: SpottingPlan) {
    self.plan = plan
    extractor = FeatureExtractor(plan: plan.features)
    network = StreamingNetwork(plan: plan.inference)
    frames = AlignedBuffer(
      zeroed: SpottingPlan.blockFrameCount * plan.inference.coefficientCount)
    rows = AlignedBuffer(zeroed: plan.blockColumnCount * plan.labels.count)
  }

  /// Bytes of state that belong to this stream alone, its scratch space included.
  package var stateByteCount: Int {
    extractor.stateByteCount + network.stateByteCount + 4 * (frames.count + rows.count)
  }

  /// Forgets all samples: exactly the state after `init`.
  package mutating func reset() {
    extractor.reset()
    network.reset()
  }

  /// Takes samples until they end or `posteriors` has no room for what the next ones could bring.
  ///
  /// Allocates nothing, takes no lock, makes no system call.
  ///
  /// - Parameters:
  ///   - samples: Mono at the model's rate, in [-1, 1).
  ///   - posteriors: Receives `[column, label]`.
  /// - Precondition: Room for `plan.blockColumnCount` columns.
  package mutating func push(
    _ samples: Span<Float>, into posteriors: inout MutableSpan<Float>
  ) -> PosteriorProgress {
    let labelCount = plan.labels.count
    let room = posteriors.count / labelCount
    let block = plan.blockColumnCount
    precondition(room >= block, "no room for a block of columns")
    var progress = PosteriorProgress(consumedSampleCount: 0, columnCount: 0)
    while progress.consumedSampleCount < samples.count, progress.columnCount + block <= room {
      let rest = samples.extracting(droppingFirst: progress.consumedSampleCount)
      let taken = Self.extract(rest, &extractor, &frames)
      let columns = Self.run(taken.frameCount, frames, plan, &network, &rows)
      Self.copy(columns * labelCount, rows, &posteriors, progress.columnCount * labelCount)
      progress.consumedSampleCount += taken.consumedSampleCount
      progress.columnCount += columns
    }
    return progress
  }

  // Spans of several stored properties do not live side by side; these take the buffers apart.

  private static func extract(
    _ samples: Span<Float>, _ extractor: inout FeatureExtractor,
    _ frames: inout AlignedBuffer<Float>
  ) -> FeatureProgress {
    var room = frames.mutableSpan
    return extractor.push(samples, into: &room)
  }

  private static func run(
    _ frameCount: Int, _ frames: borrowing AlignedBuffer<Float>, _ plan: SpottingPlan,
    _ network: inout StreamingNetwork, _ rows: inout AlignedBuffer<Float>
  ) -> Int {
    var target = rows.mutableSpan
    return network.process(
      frames.span.extracting(0..<frameCount * plan.inference.coefficientCount), into: &target)
  }

  private static func copy(
    _ count: Int, _ rows: borrowing AlignedBuffer<Float>, _ target: inout MutableSpan<Float>,
    _ offset: Int
  ) {
    let source = rows.span
    for index in 0..<count { target[offset + index] = source[index] }
  }
}
