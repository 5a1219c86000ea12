// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// Counts for every keyword and threshold what is missed and what fires without reason, one recording
/// at a time: the posteriors of a long calibration need not be kept.
package struct OperatingCount: Sendable {
  /// Thresholds that are tried, ten times denser from 0.9, 0.99 and 0.999 on: the fewer false alarms
  /// are allowed, the closer to 1 the threshold lies.
  package static let thresholds: [Float] =
    (1...18).map { Float($0) / 20 }
    + (91...99).map { Float($0) / 100 }
    + (991...999).map { Float($0) / 1_000 }
    + (9_991...9_999).map { Float($0) / 10_000 } + [1]

  private let thresholds: [Float]

  /// Every label of the posteriors, and which of them are counted.
  private let labels: [String]
  private let keywords: Set<String>

  /// By keyword.
  package private(set) var curves: [String: OperatingPoints.Curve]

  /// Seconds without keywords in which something could fire.
  package private(set) var backgroundSeconds = 0.0

  package init(
    labels: [String], keywords: [String], thresholds: [Float] = Self.thresholds
  ) {
    self.labels = labels
    self.keywords = Set(keywords)
    self.thresholds = thresholds
    let zeros = [Int](repeating: 0, count: thresholds.count)
    curves = Dictionary(
      uniqueKeysWithValues: keywords.map {
        (
          $0,
          OperatingPoints.Curve(
            wordCount: 0, missCounts: zeros, confusionCounts: zeros, falseAlarmCounts: zeros)
        )
      })
  }

  /// Counts the words of a recording that are missed, and what else fires there.
  package mutating func add(_ trace: PosteriorTrace, truth: [TruthWord]) {
    forEachKeyword(of: trace) { keyword, detections, curve in
      for (index, detections) in detections.enumerated() {
        let score = StreamScore(detections: detections, truth: truth, keywords: [keyword])
        curve.missCounts[index] += score.misses.count
        curve.confusionCounts[index] += score.falseAlarms.count
        // The same at every threshold.
        if index == 0 { curve.wordCount += score.wordCount }
      }
    }
  }

  /// Counts what fires in a recording without keywords.
  package mutating func add(background trace: PosteriorTrace) {
    backgroundSeconds += trace.armedSeconds
    forEachKeyword(of: trace) { _, detections, curve in
      for (index, detections) in detections.enumerated() {
        curve.falseAlarmCounts[index] += detections.count
      }
    }
  }

  private mutating func forEachKeyword(
    of trace: PosteriorTrace,
    _ body: (String, [[ScoredDetection]], inout OperatingPoints.Curve) -> Void
  ) {
    for (index, label) in labels.enumerated() where keywords.contains(label) {
      guard var curve = curves[label] else { continue }
      body(label, trace.detections(of: index, thresholds: thresholds), &curve)
      curves[label] = curve
    }
  }

  /// The table of what was counted.
  package func points(recordingsDigest: String) -> OperatingPoints {
    OperatingPoints(
      thresholds: thresholds, backgroundSeconds: backgroundSeconds, keywords: curves,
      recordingsDigest: recordingsDigest)
  }
}
