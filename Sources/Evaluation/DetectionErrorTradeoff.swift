// SPDX-License-Identifier: GPL-3.0-or-later

/// Misses against false alarms over all thresholds (Martin et al., "The DET curve in assessment of
/// detection task performance", Eurospeech 1997).
package struct DetectionErrorTradeoff: Sendable {
  package struct Point: Equatable, Sendable {
    package var threshold: Float

    /// On the recordings with words.
    package var score: StreamScore

    /// False alarms where no keyword is spoken.
    package var backgroundAlarmCount: Int
  }

  /// From the lowest threshold to the highest.
  package let points: [Point]

  /// Thresholds that are tried: dense towards 1, where scores are.
  package static let thresholds: [Float] =
    stride(from: 0.05, to: 0.895, by: 0.05).map { Float($0) }
    + stride(from: 0.9, to: 0.9895, by: 0.01).map { Float($0) } + [
      0.99, 0.993, 0.996, 0.998, 0.999,
    ]

  /// - Parameters:
  ///   - streams: recordings with the words that are spoken in them.
  ///   - background: recordings without keywords.
  package init(
    streams: [(trace: PosteriorTrace, truth: [TruthWord])], background: [PosteriorTrace],
    keywords: Set<String>, thresholds: [Float] = Self.thresholds
  ) {
    points = thresholds.map { threshold in
      let score = streams.reduce(StreamScore()) { sum, stream in
        sum
          + StreamScore(
            detections: stream.trace.detections(threshold: threshold), truth: stream.truth,
            keywords: keywords)
      }
      return Point(
        threshold: threshold, score: score,
        backgroundAlarmCount: background.reduce(0) {
          $0 + $1.detections(threshold: threshold).count
        })
    }
  }
}
