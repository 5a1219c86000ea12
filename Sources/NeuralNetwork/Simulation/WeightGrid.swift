// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels

/// The weights that a layer computes with: its own, or, where integers are simulated, those nearest
/// to them on a grid with one scale per output channel, the largest magnitude being 127 steps.
///
/// The gradient goes to the layer's own weights as if they were the same (the straight-through
/// estimator; Bengio, Léonard, Courville, arXiv 1308.3432). Batch normalization follows the
/// operation, so that folding it later scales a whole channel and leaves the integers as they are.
final class WeightGrid {
  private static let limit: Float = 127

  private let weights: Parameter
  private let channelCount: Int
  private let scales: SharedBuffer<Float>
  private let rounded: SharedBuffer<Float>

  /// What to compute with.
  var values: SharedBuffer<Float> { isOn ? rounded : weights.value }

  private(set) var isOn = false

  /// - Precondition: the channel is the last extent of the weights.
  init(_ weights: Parameter) {
    self.weights = weights
    channelCount = weights.shape[weights.shape.count - 1]
    scales = SharedBuffer(zeroed: channelCount)
    rounded = SharedBuffer(zeroed: weights.count)
  }

  /// Readies the weights for one step.
  func prepare(rounds: Bool) {
    isOn = rounds
    guard rounds else { return }
    unsafe Kernels.best.round_weights(
      weights.count / channelCount, channelCount, weights.value.unsafeBase, Self.limit,
      scales.unsafeBase, rounded.unsafeBase)
  }
}
