// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

extension KeywordSpotter {
  /// Takes over from `other` in the middle of a stream, without a word lost or reported twice.
  ///
  /// Another model or other thresholds, fed silently with what `other` heard last. The columns fall
  /// where they would have fallen had this spotter heard the whole stream; with the same plan all
  /// further detections are those of `other`, provided that `recent` reaches back over
  /// `plan.memoryColumnCount` and the smoothing, or to the start of the stream. Nothing that `other`
  /// reported is reported again; a score that is above its threshold now and was not reported fires
  /// with the next column; what came and went before is past.
  ///
  /// Runs the network on all of `recent`: some milliseconds per second of it.
  /// - Precondition: `other` has taken all of `recent`, and its last call gave no detection.
  package mutating func prime(
    _ recent: borrowing RecentSamples, after other: borrowing KeywordSpotter
  ) {
    precondition(other.origin == recent.origin, "samples of another stream")
    restart(at: recent.origin)
    let columnLength = plan.columnLength
    let skipped = (recent.start - origin + columnLength - 1) / columnLength
    columnCount = skipped
    energy.start(atCell: skipped * columnLength / energy.cellLength)
    decider.take(over: other.decider, atColumn: skipped)
    // Columns of a stream from its start are good from the first one on.
    let filledColumn = skipped == 0 ? 0 : skipped + plan.memoryColumnCount
    let goodColumn =
      skipped == 0 ? 0 : filledColumn + plan.decision.smoothingColumnCount - 1
    var index = origin + skipped * columnLength
    while index < recent.end {
      let (consumed, columns) = Self.advance(
        recent.span(from: index), &stream, &posteriors, &energy)
      index += consumed
      for column in 0..<columns {
        let at = origin + plan.lastSample(ofColumn: columnCount)
        Self.copyColumn(column, posteriors, &newest)
        if columnCount >= goodColumn {
          Self.follow(newest, at, other.hasFired(in: at - columnLength + 1..<at + 1), &decider)
        } else if columnCount >= filledColumn {
          Self.fill(newest, &decider)
        } else {
          decider.columnCount += 1
        }
        columnCount += 1
      }
    }
    for number in max(0, other.firedCount - other.fired.count)..<other.firedCount {
      noteFired(other.fired.span[number % other.fired.count])
    }
  }

  private static func follow(
    _ newest: borrowing AlignedBuffer<Float>, _ at: Int, _ hasFired: Bool,
    _ decider: inout KeywordDecider
  ) {
    decider.follow(newest.span, at: at, hasFired: hasFired)
  }

  private static func fill(
    _ newest: borrowing AlignedBuffer<Float>, _ decider: inout KeywordDecider
  ) {
    decider.fill(newest.span)
  }

  private static func advance(
    _ samples: Span<Float>, _ stream: inout PosteriorStream,
    _ posteriors: inout AlignedBuffer<Float>, _ energy: inout EnergyHistory
  ) -> (consumedSampleCount: Int, columnCount: Int) {
    let progress = advance(samples, &stream, &posteriors)
    energy.push(samples.extracting(0..<progress.consumedSampleCount))
    return (progress.consumedSampleCount, progress.columnCount)
  }

  /// Whether the line fired within `range`, as far back as it knows.
  private func hasFired(in range: Range<Int>) -> Bool {
    let ring = fired.span
    for index in 0..<min(firedCount, ring.count) where range.contains(ring[index]) { return true }
    return false
  }
}
