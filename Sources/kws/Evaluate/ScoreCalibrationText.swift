// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// On which prior a model's scores are probabilities, as `calibrate` and `inspect` show it.
enum ScoreCalibrationText {
  static func line(_ model: QuantizedModel) -> String {
    guard let scores = model.scores else {
      return "scores        as trained, on the prior of the training clips; not calibrated"
    }
    let named = model.labels.filter { (scores.prior[$0] ?? 0) > 0 }
    let shares = named.map { scores.prior[$0] ?? 0 }
    let isEven = shares.allSatisfy { abs($0 - shares[0]) < 1e-6 }
    let prior =
      isEven
      ? "\(named.count == model.labels.count ? "every label" : named.joined(separator: ", ")) "
        + "equally likely"
      : zip(named, shares).map { "\($0) \(percent($1))" }.joined(separator: ", ")
    return "scores        on the prior \(prior): temperature "
      + "\(fixed(scores.temperature, decimals: 3)) by \(scores.clipCount) clips, log loss "
      + "\(fixed(scores.logLossBefore, decimals: 4)) before, \(fixed(scores.logLossAfter, decimals: 4)) "
      + "nats after"
  }

  static func json(_ scores: ScoreCalibration) -> String {
    var object = JSONLine()
    var prior = JSONLine()
    for (label, share) in scores.prior.sorted(by: { $0.key < $1.key }) {
      prior.add(label, share, decimals: 6)
    }
    object.add("prior", json: prior.text)
    object.add("temperature", scores.temperature, decimals: 6)
    object.add("clips", scores.clipCount)
    object.add("logLossBefore", scores.logLossBefore, decimals: 6)
    object.add("logLossAfter", scores.logLossAfter, decimals: 6)
    return object.text
  }
}
