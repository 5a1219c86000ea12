// SPDX-License-Identifier: GPL-3.0-or-later

extension OperatingPoints {
  /// The metadata field that holds the table; files without it are as good as any.
  static let field = "operatingPoints"

  /// Most thresholds of a table.
  package static let thresholdCountLimit = 1_000

  /// Seconds that a table may claim: a hundred years.
  private static let longest = 3.2e9

  /// A count that a table may claim: sums of two stay exact as doubles.
  private static let largestCount = 1 << 40

  /// The table in `metadata`, nil where there is none; trusts none of it.
  ///
  /// - Throws: `ModelFormatError` with the field, what was expected and what was found.
  init?(reading metadata: [String: String], labels: [String]) throws(ModelFormatError) {
    guard metadata[Self.field] != nil else { return nil }
    self = try MetadataFields.decode(OperatingPoints.self, Self.field, in: metadata)
    try checkThresholds()
    guard backgroundSeconds > 0, backgroundSeconds <= Self.longest else {
      throw Self.wrong("backgroundSeconds", "more than 0, at most 3.2e9", "\(backgroundSeconds)")
    }
    try MetadataFields.checkText([recordingsDigest], "\(Self.field).recordingsDigest")
    guard !keywords.isEmpty else { throw Self.wrong("keywords", "at least one", "none") }
    for (keyword, curve) in keywords.sorted(by: { $0.key < $1.key }) {
      try MetadataFields.checkText([keyword], "\(Self.field).keywords")
      guard labels.contains(keyword) else {
        throw Self.wrong("keywords", "labels of the model", "'\(keyword)'")
      }
      try check(curve, of: keyword)
    }
  }

  private func checkThresholds() throws(ModelFormatError) {
    guard (1...Self.thresholdCountLimit).contains(thresholds.count) else {
      throw Self.wrong("thresholds", "1 to \(Self.thresholdCountLimit)", "\(thresholds.count)")
    }
    var last: Float = 0
    for threshold in thresholds {
      guard (0.001...1).contains(threshold), threshold > last else {
        throw Self.wrong("thresholds", "rising numbers from 0.001 to 1", "\(threshold)")
      }
      last = threshold
    }
  }

  private func check(_ curve: Curve, of keyword: String) throws(ModelFormatError) {
    let words = 0...Self.largestCount
    guard words.contains(curve.wordCount) else {
      throw Self.wrong("\(keyword).wordCount", "0 to \(Self.largestCount)", "\(curve.wordCount)")
    }
    try check(curve.missCounts, 0...curve.wordCount, "\(keyword).missCounts")
    try check(curve.confusionCounts, words, "\(keyword).confusionCounts")
    try check(curve.falseAlarmCounts, words, "\(keyword).falseAlarmCounts")
  }

  private func check(
    _ counts: [Int], _ range: ClosedRange<Int>, _ name: String
  ) throws(ModelFormatError) {
    guard counts.count == thresholds.count else {
      throw Self.wrong(name, "\(thresholds.count), one per threshold", "\(counts.count)")
    }
    for count in counts where !range.contains(count) {
      throw Self.wrong(name, "0 to \(range.upperBound)", "\(count)")
    }
  }

  private static func wrong(
    _ name: String, _ expected: String, _ found: String
  ) -> ModelFormatError {
    .badField("\(field).\(name)", expected: expected, found: found)
  }
}
