// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
package import ModelFormat

/// Everything, beside data and architecture, that decides how a training run goes.
package struct TrainingConfiguration: Codable, Equatable, Sendable {
  /// Passes over the training set.
  package var epochCount: Int

  /// Clips per step.
  package var batchSize: Int

  /// Learning rate after the warm-up; a cosine takes it to zero.
  package var learningRate: Float

  /// Epochs over which the learning rate rises linearly from zero.
  package var warmUpEpochCount: Float

  package var optimizer: OptimizerKind

  /// L2 decay of weights; biases and normalization are left alone.
  package var weightDecay: Float

  /// Part of the target probability that is spread over all classes.
  package var labelSmoothing: Float

  /// The bits of the weights and activations that every step computes with, as the integer engine
  /// would (quantization-aware training); nil for real numbers.
  package var bitWidths: BitWidths?

  /// The teacher that is learnt from beside the labels; nil for none.
  package var distillation: Distillation?

  /// Seed of initialization and of every draw.
  package var seed: UInt64

  package init(
    epochCount: Int, batchSize: Int = 100, learningRate: Float = 0.1, warmUpEpochCount: Float = 2,
    optimizer: OptimizerKind = .sgd, weightDecay: Float = 1e-3, labelSmoothing: Float = 0.1,
    bitWidths: BitWidths? = nil, distillation: Distillation? = nil, seed: UInt64 = 1
  ) {
    self.epochCount = epochCount
    self.batchSize = batchSize
    self.learningRate = learningRate
    self.warmUpEpochCount = warmUpEpochCount
    self.optimizer = optimizer
    self.weightDecay = weightDecay
    self.labelSmoothing = labelSmoothing
    self.bitWidths = bitWidths
    self.distillation = distillation
    self.seed = seed
  }

  /// Checks every range.
  package func validate() throws(TrainingError) {
    try Self.check("epochs", Double(epochCount), 1...100_000)
    try Self.check("batch size", Double(batchSize), 2...10_000)
    try Self.check("learning rate", Double(learningRate), 1e-9...100)
    try Self.check("warm-up epochs", Double(warmUpEpochCount), 0...Double(epochCount))
    try Self.check("weight decay", Double(weightDecay), 0...1)
    try Self.check("label smoothing", Double(labelSmoothing), 0...0.9)
    if let distillation {
      try Self.check("the teacher's weight", Double(distillation.weight), 0...1)
    }
  }

  static func check(
    _ field: String, _ value: Double, _ range: ClosedRange<Double>
  ) throws(TrainingError) {
    guard range.contains(value) else {
      throw .outOfRange(field: field, found: value, range)
    }
  }
}

/// How gradients become steps.
package enum OptimizerKind: String, Codable, CaseIterable, Sendable {
  /// Stochastic gradient descent with Nesterov momentum 0.9.
  case sgd

  /// Adam with betas 0.9 and 0.999.
  case adam
}
