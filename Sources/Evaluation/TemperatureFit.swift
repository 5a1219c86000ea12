// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
package import ModelFormat

/// The one number by which logits are divided so that scores are probabilities (Guo et al., "On
/// calibration of modern neural networks", ICML 2017), on a prior that is stated: every label that has
/// clips equally likely, however many clips it has.
///
/// It minimizes the mean of `-log softmax(z / T)[y]`, averaged within every label first. As a function of
/// 1 / T that is convex, so that its derivative has one root.
package struct TemperatureFit: Sendable {
  /// Posteriors below this count as this: single precision rounds them to 0.
  private static let leastPosterior: Float = 1e-30

  /// Per label that has clips, per clip: logits up to a constant, `[label]`.
  private var logits: [Int: [[Double]]] = [:]

  package private(set) var clipCount = 0

  package init() {}

  /// Adds a clip of the label of index `label`.
  package mutating func add(posteriors: [Float], label: Int) {
    logits[label, default: []].append(
      posteriors.map { log(Double(max($0, Self.leastPosterior))) })
    clipCount += 1
  }

  /// The mean loss in nats at `temperature`; 0 without clips.
  package func logLoss(temperature: Double) -> Double { mean(1 / temperature).loss }

  /// The temperature, within `ScoreCalibration.temperatures`; nil without clips.
  package func temperature() -> Double? {
    guard clipCount > 0 else { return nil }
    let range = ScoreCalibration.temperatures
    var (low, high) = (1 / range.upperBound, 1 / range.lowerBound)
    for _ in 0..<50 {
      let middle = (low * high).squareRoot()
      if mean(middle).slope < 0 { low = middle } else { high = middle }
    }
    return 1 / (low * high).squareRoot()
  }

  /// The calibration of a model of these labels; nil without clips.
  package func calibration(labels: [String]) -> ScoreCalibration? {
    guard let temperature = temperature() else { return nil }
    let share = 1 / Double(logits.count)
    return ScoreCalibration(
      prior: Dictionary(uniqueKeysWithValues: logits.keys.map { (labels[$0], share) }),
      temperature: temperature, clipCount: clipCount, logLossBefore: logLoss(temperature: 1),
      logLossAfter: logLoss(temperature: temperature))
  }

  /// The mean loss where logits are multiplied by `factor`, and its derivative by the factor. Labels in
  /// their order, so that one data set gives one sum.
  private func mean(_ factor: Double) -> (loss: Double, slope: Double) {
    var (loss, slope) = (0.0, 0.0)
    for (label, clips) in logits.sorted(by: { $0.key < $1.key }) {
      var (own, ownSlope) = (0.0, 0.0)
      for clip in clips {
        let greatest = clip.max() ?? 0
        var (sum, weighted) = (0.0, 0.0)
        for logit in clip {
          let weight = exp(factor * (logit - greatest))
          sum += weight
          // Of differences: with sums the slope of a sure clip would be lost in rounding.
          weighted += weight * (logit - clip[label])
        }
        own += log(sum) - factor * (clip[label] - greatest)
        ownSlope += weighted / sum
      }
      loss += own / Double(clips.count)
      slope += ownSlope / Double(clips.count)
    }
    let count = Double(max(logits.count, 1))
    return (loss / count, slope / count)
  }
}
