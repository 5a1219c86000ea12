// SPDX-License-Identifier: GPL-3.0-or-later

/// What each threshold costs, counted for every keyword on recordings that neither trained nor tested
/// the model: false alarms where no keyword is spoken, and missed words.
///
/// Counts only: rates and intervals follow from them exactly, so that a file cannot claim more than
/// was seen. All keywords share the thresholds; each was counted as if it were the only one.
package struct OperatingPoints: Codable, Equatable, Sendable {
  /// Strictly rising, 0.001...1.
  package var thresholds: [Float]

  /// Seconds without keywords in which something could fire.
  package var backgroundSeconds: Double

  /// By keyword.
  package var keywords: [String: Curve]

  /// SHA-256 over the recordings' and truths' own digests in the order in which they were heard, in
  /// hexadecimal.
  package var recordingsDigest: String

  /// The counts of one keyword, one element per threshold.
  package struct Curve: Codable, Equatable, Sendable {
    /// Words spoken, whatever the threshold.
    package var wordCount: Int

    package var missCounts: [Int]

    /// Detections among the words that count for none of the keyword's: mostly other words, which are
    /// then missed themselves where they are keywords.
    package var confusionCounts: [Int]

    /// Detections where no keyword is spoken.
    package var falseAlarmCounts: [Int]

    package init(
      wordCount: Int, missCounts: [Int], confusionCounts: [Int], falseAlarmCounts: [Int]
    ) {
      self.wordCount = wordCount
      self.missCounts = missCounts
      self.confusionCounts = confusionCounts
      self.falseAlarmCounts = falseAlarmCounts
    }
  }

  package init(
    thresholds: [Float], backgroundSeconds: Double, keywords: [String: Curve],
    recordingsDigest: String
  ) {
    self.thresholds = thresholds
    self.backgroundSeconds = backgroundSeconds
    self.keywords = keywords
    self.recordingsDigest = recordingsDigest
  }

  package var backgroundHours: Double { backgroundSeconds / 3600 }
}
