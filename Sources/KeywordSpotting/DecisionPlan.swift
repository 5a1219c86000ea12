// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// Detection parameters on the clocks of one model: labels, columns and samples.
package struct DecisionPlan: Sendable {
  /// One label per posterior.
  package private(set) var labels: [String]

  /// Threshold per label; infinity for labels that never fire.
  package private(set) var thresholds: [Float]

  /// The same plan with one threshold for all labels that can fire.
  ///
  /// - Precondition: 0.001 to 1, as a plan's thresholds are.
  package func withThreshold(_ threshold: Float) -> DecisionPlan {
    precondition((0.001...1).contains(threshold), "threshold \(threshold)")
    var plan = self
    plan.thresholds = thresholds.map { $0.isFinite ? threshold : $0 }
    return plan
  }

  /// The same plan with `thresholds` by label; labels that are not named, or cannot fire, keep theirs.
  ///
  /// - Precondition: 0.001 to 1, as a plan's thresholds are.
  package func withThresholds(_ thresholds: [String: Float]) -> DecisionPlan {
    var plan = self
    for (index, label) in labels.enumerated() {
      guard let threshold = thresholds[label], plan.thresholds[index].isFinite else { continue }
      precondition((0.001...1).contains(threshold), "threshold \(threshold)")
      plan.thresholds[index] = threshold
    }
    return plan
  }

  /// The same plan for one label alone, whose posteriors are all there is.
  ///
  /// - Precondition: the threshold is 0.001 to 1, as a plan's thresholds are.
  package func alone(_ label: Int, threshold: Float) -> DecisionPlan {
    precondition((0.001...1).contains(threshold), "threshold \(threshold)")
    var plan = self
    plan.labels = [labels[label]]
    plan.thresholds = [threshold]
    return plan
  }

  /// The labels that can fire.
  package var keywords: [String] {
    labels.indices.filter { thresholds[$0].isFinite }.map { labels[$0] }
  }

  /// Most columns of the moving average: all of them are added up for every column.
  package static let smoothingColumnLimit = 1_000

  /// Columns of the moving average.
  package let smoothingColumnCount: Int

  /// Consecutive columns at or above the threshold.
  package let minimumCount: Int

  /// Samples from one detection to the earliest next.
  package let refractoryLength: Int

  /// Part of its threshold below which a score must drop to be armed again.
  package let rearmRatio: Float

  /// Part of a threshold from which on a score is a near miss; nil where none are asked for.
  package let nearMissRatio: Float?

  /// Columns before the first that may fire: the network's window is then just full.
  package let warmUpColumnCount: Int

  /// Checks `parameters` and converts them.
  ///
  /// - Parameters:
  ///   - columnLength: Samples from one column of posteriors to the next.
  ///   - warmUpColumnCount: Columns before the first that may fire.
  ///   - nearMissRatio: 0.001 to 1, or nil.
  /// - Throws: `SpottingError` for a value outside its range or an unknown label.
  package init(
    _ parameters: DetectionParameters, labels: [String], sampleRate: Int, columnLength: Int,
    warmUpColumnCount: Int, nearMissRatio: Float? = nil
  ) throws(SpottingError) {
    let longestSmoothing = Float(Self.smoothingColumnLimit * columnLength) / Float(sampleRate)
    try Self.check("smoothingSeconds", parameters.smoothingSeconds, 0...longestSmoothing)
    try Self.check("defaultThreshold", parameters.defaultThreshold, 0.001...1)
    try Self.check("minimumCount", Float(parameters.minimumCount), 1...10_000)
    try Self.check("refractorySeconds", parameters.refractorySeconds, 0...3600)
    try Self.check("rearmRatio", parameters.rearmRatio, 0.001...1)
    if let nearMissRatio { try Self.check("nearMissRatio", nearMissRatio, 0.001...1) }
    for (label, threshold) in parameters.thresholds.sorted(by: { $0.key < $1.key }) {
      guard labels.contains(label) else {
        throw .unknownLabel(field: "thresholds", label: label)
      }
      try Self.check("thresholds", threshold, 0.001...1)
    }
    for label in parameters.rejectLabels where !labels.contains(label) {
      throw .unknownLabel(field: "rejectLabels", label: label)
    }
    self.labels = labels
    thresholds = labels.map { label in
      parameters.rejectLabels.contains(label)
        ? .infinity : parameters.thresholds[label] ?? parameters.defaultThreshold
    }
    let columns = parameters.smoothingSeconds * Float(sampleRate) / Float(columnLength)
    smoothingColumnCount = max(1, Int(columns.rounded()))
    minimumCount = parameters.minimumCount
    refractoryLength = Int((parameters.refractorySeconds * Float(sampleRate)).rounded())
    rearmRatio = parameters.rearmRatio
    self.warmUpColumnCount = warmUpColumnCount
    self.nearMissRatio = nearMissRatio
  }

  private static func check(
    _ field: String, _ found: Float, _ range: ClosedRange<Float>
  ) throws(SpottingError) {
    guard range.contains(found) else { throw .parameter(field: field, found: found, range) }
  }
}
