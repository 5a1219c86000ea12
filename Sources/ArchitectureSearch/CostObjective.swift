// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// How accuracy is traded against cost.
package enum CostObjective: Codable, Equatable, Sendable {
  /// `CE * (ln E[cost] / ln reference)^beta`, the paper's.
  case product(metric: CostMetric, reference: Double, beta: Double)

  /// `CE + weight * E[cost] / reference`, the paper's other form.
  case additive(metric: CostMetric, reference: Double, weight: Double)

  /// Each cost stays below its limit: `CE + sum of m * x + x^2`, where x is `ln(E[cost] / limit)`
  /// and the multipliers m rise while the limit is passed and fall while it is not (the method of
  /// multipliers with a quadratic penalty; Hestenes, Powell, 1969).
  case limits([CostLimit])

  /// The metrics that are needed.
  package var metrics: [CostMetric] {
    switch self {
    case .product(let metric, _, _), .additive(let metric, _, _): [metric]
    case .limits(let limits): limits.map(\.metric)
    }
  }

  /// The limits that a derived network must keep.
  package var limits: [CostLimit] {
    if case .limits(let limits) = self { limits } else { [] }
  }
}

/// The most that a network may cost.
package struct CostLimit: Codable, Equatable, Sendable {
  package var metric: CostMetric
  package var most: Double

  package init(metric: CostMetric, most: Double) {
    self.metric = metric
    self.most = most
  }
}

/// The multipliers of limits.
package struct CostMultipliers: Equatable, Sendable {
  package private(set) var values: [Float]

  /// How far a multiplier moves per step at full pace and unit of the logarithm.
  private static let rate: Float = 0.02

  /// Weight of the quadratic penalty, which keeps the cost from swinging about its limit.
  private static let penalty: Float = 2
  private static let largest: Float = 20

  package init(_ objective: CostObjective) {
    values = objective.limits.map { _ in 0 }
  }

  init(values: [Float]) { self.values = values }

  /// The gradient of the objective by the logits of all blocks, `[block][candidate]`, given that of
  /// the cross-entropy; then moves the multipliers.
  ///
  /// - Parameter pace: how far the logits move in this step, as a part of the most. Multipliers keep
  ///   to it: if they rose while the logits cannot follow yet, they would drown what the
  ///   cross-entropy says as soon as they can.
  package mutating func gradient(
    _ objective: CostObjective, tables: [CostTable], probabilities: [[Double]],
    crossEntropy: Double, gradient: [[Double]], pace: Double
  ) -> [[Double]] {
    let expected = tables.map { $0.expected(probabilities) }
    var factor = 1.0
    var weights: [Double] = []
    switch objective {
    case .product(_, let reference, let beta):
      let ratio = log(expected[0]) / log(reference)
      factor = pow(ratio, beta)
      weights = [crossEntropy * beta * pow(ratio, beta - 1) / (expected[0] * log(reference))]
    case .additive(_, let reference, let weight):
      weights = [weight / reference]
    case .limits(let limits):
      for (index, limit) in limits.enumerated() {
        let excess = Float(log(expected[index] / limit.most))
        let multiplier = max(values[index] + Self.penalty * excess, 0)
        weights.append(Double(multiplier) / expected[index])
        values[index] = min(
          max(values[index] + Self.rate * Float(pace) * excess, 0), Self.largest)
      }
    }
    return gradient.indices.map { block in
      let probability = probabilities[block]
      var result = gradient[block].map { $0 * factor }
      for (table, weight) in zip(tables, weights) where weight != 0 {
        let own = ArchitectureParameters.logitGradient(
          gates: table.entries[block], probabilities: probability)
        for index in result.indices { result[index] += weight * own[index] }
      }
      return result
    }
  }
}
