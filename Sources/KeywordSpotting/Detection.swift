// SPDX-License-Identifier: GPL-3.0-or-later

/// A keyword was spoken, or nearly. Times are sample indices since the start of the stream.
package struct Detection: Equatable, Sendable {
  /// Index of the keyword among the model's labels.
  package var labelIndex: Int

  /// The keyword.
  package var label: String

  /// Its smoothed posterior at the decision, 0...1.
  package var score: Float

  /// The threshold that the score reached.
  package var threshold: Float

  /// The last sample that the decision knows: the end of the newest frame.
  package var at: Int

  /// Estimate of the word's first sample and of the sample after its last, see `EnergyHistory`.
  package var start: Int
  package var end: Int

  /// Whether it was only nearly spoken: the score came close to the threshold, did not fire, and
  /// has dropped again. `score` is then the highest, and the word is looked for before it.
  package var isNearMiss: Bool

  package init(
    labelIndex: Int, label: String, score: Float, threshold: Float, at: Int, start: Int, end: Int,
    isNearMiss: Bool = false
  ) {
    self.labelIndex = labelIndex
    self.label = label
    self.score = score
    self.threshold = threshold
    self.at = at
    self.start = start
    self.end = end
    self.isNearMiss = isNearMiss
  }
}
