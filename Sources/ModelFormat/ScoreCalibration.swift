// SPDX-License-Identifier: GPL-3.0-or-later

/// On which prior a model's scores are probabilities, and how they were made so.
///
/// A score is the probability of its label only where the labels are as frequent as the prior says:
/// where a keyword is rarer than that, as in a room all day, the same score means less.
package struct ScoreCalibration: Codable, Equatable, Sendable {
  /// By label, how frequent it is; 0 for labels that are not named. The sum is 1.
  package var prior: [String: Double]

  /// What the logits were divided by, which is in the scales of the last layer already.
  package var temperature: Double

  /// Clips behind the temperature.
  package var clipCount: Int

  /// Mean of minus the logarithm of the right label's score over the prior, in nats, before the logits
  /// were divided and after.
  package var logLossBefore: Double
  package var logLossAfter: Double

  /// Temperatures that can be.
  package static let temperatures = 0.05...20

  package init(
    prior: [String: Double], temperature: Double, clipCount: Int, logLossBefore: Double,
    logLossAfter: Double
  ) {
    self.prior = prior
    self.temperature = temperature
    self.clipCount = clipCount
    self.logLossBefore = logLossBefore
    self.logLossAfter = logLossAfter
  }
}

extension ScoreCalibration {
  /// The metadata field; files without it are as good as any.
  static let field = "scores"

  /// The calibration in `metadata`, nil where there is none; trusts none of it.
  ///
  /// - Throws: `ModelFormatError` with the field, what was expected and what was found.
  init?(reading metadata: [String: String], labels: [String]) throws(ModelFormatError) {
    guard metadata[Self.field] != nil else { return nil }
    self = try MetadataFields.decode(ScoreCalibration.self, Self.field, in: metadata)
    func check(
      _ name: String, _ value: Double, _ range: ClosedRange<Double>
    ) throws(ModelFormatError) {
      guard range.contains(value) else {
        throw .badField(
          "\(Self.field).\(name)", expected: "\(range.lowerBound) to \(range.upperBound)",
          found: "\(value)")
      }
    }
    for (label, share) in prior.sorted(by: { $0.key < $1.key }) {
      try MetadataFields.checkText([label], "\(Self.field).prior")
      guard labels.contains(label) else {
        throw .badField("\(Self.field).prior", expected: "labels of the model", found: "'\(label)'")
      }
      try check("prior", share, 0...1)
    }
    try check("prior", prior.values.reduce(0, +), 0.999...1.001)
    try check("temperature", temperature, Self.temperatures)
    try check("clipCount", Double(clipCount), 1...1e12)
    try check("logLossBefore", logLossBefore, 0...1_000)
    try check("logLossAfter", logLossAfter, 0...1_000)
  }
}

extension QuantizedModel {
  /// Divides the logits, so that scores spread towards each other where `temperature` is above 1 and
  /// apart below; no decision between labels changes.
  ///
  /// The scales of the last layer take it, whose biases are in steps of them: nothing is rounded but
  /// the scales, as single-precision numbers.
  ///
  /// - Precondition: positive and finite.
  package mutating func divideLogits(by temperature: Double) {
    precondition(temperature > 0 && temperature.isFinite, "temperature \(temperature)")
    let last = layers.count - 1
    layers[last].weightScales = layers[last].weightScales.map { Float(Double($0) / temperature) }
  }
}
