// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Turns columns of posteriors into decisions such that one utterance fires once.
///
/// The score of a keyword is the mean of its last posteriors; columns before the first count as
/// zero. It fires when the score has been at or above the threshold for a number of columns in a
/// row. Then
/// - nothing fires within the refractory time;
/// - a keyword that fired, or whose score was at or above its threshold when another fired or
///   during the refractory time, took part in the same utterance: it is armed again only after its
///   score has dropped below a part of the threshold.
/// Of several that could fire in one column the one with the highest score does.
///
/// Where the plan asks for near misses, a score that came near its threshold and did not fire is a
/// decision too, once it has dropped; see `NearMisses`.
///
/// Nothing fires in the first columns of a stream, while the network's window is not yet full, but
/// they count: a recording as long as the window can fire at its last column.
package struct KeywordDecider: ~Copyable {
  package let plan: DecisionPlan

  /// The last posteriors `[column, label]`, a ring.
  private var history: AlignedBuffer<Float>

  private var scores: AlignedBuffer<Float>

  /// Columns in a row at or above the threshold, per label.
  private var counts: AlignedBuffer<Int>

  /// Per label whether it must drop before it may fire.
  var isDisarmed: AlignedBuffer<Bool>

  var nearMisses: NearMisses
  var columnCount = 0
  var refractoryEnd = Int.min

  /// The sample of the last column that fired.
  var lastDecisionSample: Int?

  package init(plan: DecisionPlan) {
    self.plan = plan
    let labelCount = plan.labels.count
    history = AlignedBuffer(zeroed: plan.smoothingColumnCount * labelCount)
    scores = AlignedBuffer(zeroed: labelCount)
    counts = AlignedBuffer(zeroed: labelCount)
    isDisarmed = AlignedBuffer(zeroed: labelCount)
    nearMisses = NearMisses(labelCount: labelCount)
  }

  /// Bytes of state.
  package var stateByteCount: Int {
    4 * (history.count + scores.count) + 8 * counts.count + isDisarmed.count
      + nearMisses.byteCount
  }

  /// Exactly the state after `init`.
  package mutating func reset() {
    Self.clear(&history, 0)
    Self.clear(&scores, 0)
    Self.clear(&counts, 0)
    Self.clear(&isDisarmed, false)
    nearMisses.reset()
    columnCount = 0
    refractoryEnd = .min
    lastDecisionSample = nil
  }

  /// Takes the next column of posteriors.
  ///
  /// Allocates nothing.
  ///
  /// - Parameters:
  ///   - posteriors: One value per label.
  ///   - sample: The last sample that the column knows; grows from call to call.
  /// - Returns: What fires with this column; where nothing does, the near miss that ended with it.
  package mutating func decide(_ posteriors: Span<Float>, at sample: Int) -> Decision? {
    precondition(posteriors.count == plan.labels.count, "one posterior per label")
    smooth(posteriors)
    columnCount += 1
    let isRefractory = sample < refractoryEnd
    let best = strongest(isRefractory: isRefractory)
    guard !isRefractory, columnCount >= plan.warmUpColumnCount, best >= 0 else {
      return followNearMisses(at: sample, isSpent: isRefractory)
    }
    fire(at: sample)
    followNearMisses(at: sample, isSpent: true)
    return Decision(
      labelIndex: best, score: scores.span[best], threshold: plan.thresholds[best])
  }

  /// What follows from a decision in this column.
  mutating func fire(at sample: Int) {
    refractoryEnd = sample + plan.refractoryLength
    lastDecisionSample = sample
    disarmAll()
  }

  /// The near miss that ended with this column.
  @discardableResult mutating func followNearMisses(at sample: Int, isSpent: Bool) -> Decision? {
    guard columnCount >= plan.warmUpColumnCount else { return nil }
    return Self.follow(scores, sample, plan, isSpent, &nearMisses)
  }

  /// The mean over the newest columns, always added up from the oldest to the newest.
  mutating func smooth(_ posteriors: Span<Float>) {
    let labelCount = plan.labels.count
    let length = plan.smoothingColumnCount
    let newest = columnCount % length
    Self.copy(posteriors, &history, newest * labelCount)
    Self.mean(history, newest, length, &scores)
  }

  /// Updates counts and arms; the label with the highest score of those that could fire, or -1.
  mutating func strongest(isRefractory: Bool) -> Int {
    var best = -1
    for label in plan.labels.indices {
      let score = scores.span[label]
      let threshold = plan.thresholds[label]
      guard threshold.isFinite else { continue }
      let isAbove = score >= threshold
      let count = isAbove ? counts.span[label] + 1 : 0
      Self.set(&counts, label, count)
      if score < plan.rearmRatio * threshold { Self.set(&isDisarmed, label, false) }
      if isRefractory && isAbove { Self.set(&isDisarmed, label, true) }
      guard count >= plan.minimumCount, !isDisarmed.span[label] else { continue }
      if best < 0 || score > scores.span[best] { best = label }
    }
    return best
  }

  /// Whatever is at or above its threshold now belongs to the utterance that fires.
  private mutating func disarmAll() {
    for label in plan.labels.indices where counts.span[label] > 0 {
      Self.set(&isDisarmed, label, true)
    }
  }
}

extension KeywordDecider {
  // Spans of several stored properties do not live side by side; these take the buffers apart.

  private static func clear<Value>(_ buffer: inout AlignedBuffer<Value>, _ value: Value) {
    var span = buffer.mutableSpan
    for index in span.indices { span[index] = value }
  }

  static func set<Value>(
    _ buffer: inout AlignedBuffer<Value>, _ index: Int, _ value: Value
  ) {
    var span = buffer.mutableSpan
    span[index] = value
  }

  private static func copy(
    _ source: Span<Float>, _ target: inout AlignedBuffer<Float>, _ offset: Int
  ) {
    var span = target.mutableSpan
    for index in source.indices { span[offset + index] = source[index] }
  }

  private static func follow(
    _ scores: borrowing AlignedBuffer<Float>, _ sample: Int, _ plan: DecisionPlan,
    _ isSpent: Bool, _ nearMisses: inout NearMisses
  ) -> Decision? {
    nearMisses.follow(scores.span, at: sample, plan: plan, isSpent: isSpent)
  }

  private static func mean(
    _ history: borrowing AlignedBuffer<Float>, _ newest: Int, _ length: Int,
    _ scores: inout AlignedBuffer<Float>
  ) {
    let rows = history.span
    var means = scores.mutableSpan
    let labelCount = means.count
    for label in 0..<labelCount {
      var sum: Float = 0
      for age in stride(from: length - 1, through: 0, by: -1) {
        let row = newest >= age ? newest - age : newest - age + length
        sum += rows[row * labelCount + label]
      }
      means[label] = sum / Float(length)
    }
  }
}
