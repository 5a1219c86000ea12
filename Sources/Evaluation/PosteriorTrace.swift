// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
import Buffers
package import KeywordSpotting

/// The posteriors of a whole recording, on which decisions can be made with any thresholds.
///
/// They are those of a stream from reset, and the decisions are made by the listener's own code: with
/// the plan's thresholds they are the detections of a replay.
package struct PosteriorTrace: Sendable {
  let plan: SpottingPlan

  /// `[column, label]`
  private(set) var posteriors: [Float] = []

  /// Samples of the recording, without the tail.
  package private(set) var sampleCount = 0

  /// Hears a source to its end, and `tailLength` samples of digital zero after it.
  ///
  /// - Throws: what the source throws.
  package init(
    _ source: inout some AudioSource & ~Copyable, plan: SpottingPlan, tailLength: Int
  ) throws(AudioError) {
    self.plan = plan
    var stream = PosteriorStream(plan: plan)
    var block = AlignedBuffer<Float>(zeroed: 16_000)
    var isOver = false
    while !isOver {
      var room = block.mutableSpan
      switch try source.read(into: &room) {
      case .samples(let count):
        sampleCount += count
        push(block, count, &stream)
      case .restart, .idle: continue
      case .end: isOver = true
      }
    }
    let silence = AlignedBuffer<Float>(zeroed: max(tailLength, 1))
    push(silence, tailLength, &stream)
  }

  private mutating func push(
    _ block: borrowing AlignedBuffer<Float>, _ count: Int, _ stream: inout PosteriorStream
  ) {
    let samples = block.span.extracting(0..<count)
    var rows = [Float](repeating: 0, count: plan.blockColumnCount * plan.labels.count)
    var done = 0
    while done < count {
      var room = rows.mutableSpan
      let progress = stream.push(samples.extracting(droppingFirst: done), into: &room)
      posteriors += rows[..<(progress.columnCount * plan.labels.count)]
      done += progress.consumedSampleCount
    }
  }

  /// Seconds of the recording.
  package var seconds: Double { Double(sampleCount) / Double(AudioFormat.sampleRate) }

  /// Seconds in which something could fire: those of all columns, the tail's too, but for the first,
  /// which fill the network's window.
  package var armedSeconds: Double {
    let count = columnCount - max(plan.decision.warmUpColumnCount - 1, 0)
    return Double(max(count, 0) * plan.columnLength) / Double(AudioFormat.sampleRate)
  }

  private var columnCount: Int { posteriors.count / plan.labels.count }

  /// What is detected with the plan's thresholds, or with one for all keywords.
  package func detections(threshold: Float? = nil) -> [ScoredDetection] {
    decide(threshold.map { plan.decision.withThreshold($0) } ?? plan.decision, posteriors.span)
  }

  /// What is detected with `thresholds` by keyword, all at once.
  package func detections(thresholds: [String: Float]) -> [ScoredDetection] {
    decide(plan.decision.withThresholds(thresholds), posteriors.span)
  }

  /// What is detected of the label of index `label` at each threshold, as if it were the only one.
  package func detections(of label: Int, thresholds: [Float]) -> [[ScoredDetection]] {
    let labelCount = plan.labels.count
    let own = (0..<columnCount).map { posteriors[$0 * labelCount + label] }
    return thresholds.map { decide(plan.decision.alone(label, threshold: $0), own.span) }
  }

  /// Decides on `rows`, one per column, each with as many posteriors as `decision` has labels.
  private func decide(_ decision: DecisionPlan, _ rows: Span<Float>) -> [ScoredDetection] {
    var decider = KeywordDecider(plan: decision)
    let labelCount = decision.labels.count
    var detections: [ScoredDetection] = []
    for column in 0..<columnCount {
      let row = rows.extracting(column * labelCount..<(column + 1) * labelCount)
      let sample = plan.lastSample(ofColumn: column)
      guard let fired = decider.decide(row, at: sample), !fired.isNearMiss else { continue }
      detections.append(
        ScoredDetection(
          time: Double(sample) / Double(AudioFormat.sampleRate),
          label: decision.labels[fired.labelIndex], score: fired.score))
    }
    return detections
  }
}
