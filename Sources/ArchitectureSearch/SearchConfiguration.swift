// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// Everything, beside data and space, that decides how a search goes.
package struct SearchConfiguration: Codable, Equatable, Sendable {
  /// Epochs in which only weights learn, on paths that favour no candidate.
  package var warmUpEpochCount: Int

  /// Epochs after that, in which weights learn on paths drawn by probability, and the probabilities
  /// on clips of other speakers.
  package var epochCount: Int

  /// Clips per step.
  package var batchSize = 100

  /// Peak learning rate of the weights in the warm-up and after it; a cosine takes each to zero.
  package var warmUpRate: Float = 0.05
  package var rate: Float = 0.2

  /// L2 decay of weights.
  package var weightDecay: Float = 4e-5

  /// Label smoothing of the weights' steps; those of the architecture have none.
  package var labelSmoothing: Float = 0.1

  /// Steps of weights for every step of the architecture.
  package var period = 5

  /// Epochs after the warm-up without steps of the architecture.
  package var restEpochCount = 1

  /// Learning rate of the logits at the end; it rises from zero along `1 - cos(pi t / 2)`.
  package var architectureRate: Double = 4e-3

  package var gates = GateMode.all
  package var objective: CostObjective

  /// Bits that weights are rounded to in every step; nil for real numbers.
  package var weightBits: Int?

  /// Percent of the training speakers whose clips the architecture learns from, and the weights do not.
  package var heldOutPercent: Double = 15

  /// Seed of weights and of every draw.
  package var seed: UInt64 = 1

  package init(warmUpEpochCount: Int, epochCount: Int, objective: CostObjective) {
    self.warmUpEpochCount = warmUpEpochCount
    self.epochCount = epochCount
    self.objective = objective
  }

  /// All epochs.
  package var totalEpochCount: Int { warmUpEpochCount + epochCount }

  /// Checks every range.
  package func validate() throws(SearchError) {
    try Self.check("warm-up epochs", Double(warmUpEpochCount), 0...10_000)
    try Self.check("epochs", Double(epochCount), 1...10_000)
    try Self.check("batch size", Double(batchSize), 2...10_000)
    try Self.check("warm-up learning rate", Double(warmUpRate), 1e-9...100)
    try Self.check("learning rate", Double(rate), 1e-9...100)
    try Self.check("weight decay", Double(weightDecay), 0...1)
    try Self.check("label smoothing", Double(labelSmoothing), 0...0.9)
    try Self.check("period", Double(period), 1...10_000)
    try Self.check("architecture learning rate", architectureRate, 1e-9...10)
    try Self.check("held-out percent", heldOutPercent, 1...50)
    switch objective {
    case .product(_, let reference, let beta):
      try Self.check("reference", reference, 3...1e15)
      try Self.check("beta", beta, 0...1_000)
    case .additive(_, let reference, let weight):
      try Self.check("reference", reference, 1...1e15)
      try Self.check("weight", weight, 0...1_000)
    case .limits(let limits):
      for limit in limits { try Self.check(limit.metric.rawValue, limit.most, 1e-6...1e15) }
    }
  }

  private static func check(
    _ field: String, _ value: Double, _ range: ClosedRange<Double>
  ) throws(SearchError) {
    guard range.contains(value) else {
      throw .outOfRange(field: field, found: value, range)
    }
  }

  /// The configuration as text, the same for the same configuration.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // A structure of finite numbers, which validate() has checked.
    return String(decoding: try! encoder.encode(self), as: UTF8.self)
  }
}

/// Which candidates a step of the architecture looks at.
package enum GateMode: String, Codable, CaseIterable, Sendable {
  /// All of every block: the whole gradient, at the price of running all of them forward.
  case all

  /// The path's own and one more of every block, as ProxylessNAS has it: little memory and work, a
  /// noisier gradient.
  case pair
}
