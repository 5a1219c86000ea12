// SPDX-License-Identifier: GPL-3.0-or-later

package import Training

/// What one epoch of a search brought.
package struct SearchEpochReport: Codable, Equatable, Sendable {
  /// Epochs done, this one included.
  package var epoch: Int

  /// Whether only weights learned.
  package var isWarmUp: Bool

  /// Mean loss of the weights' steps in nats, label smoothing included.
  package var loss: Double

  /// Part of the (augmented) training clips decided right, by the paths of their steps.
  package var trainingAccuracy: Double

  /// Part of the clips of the architecture's steps decided right; nil without such steps.
  package var heldOutAccuracy: Double?

  /// Mean entropy of the blocks, in nats.
  package var entropy: Double

  /// Expected costs, in the order of the objective's metrics.
  package var expectedCosts: [Double]

  /// Multipliers of the limits.
  package var multipliers: [Float]

  /// `[block][candidate]`
  package var probabilities: [[Double]]

  /// The network that the search would end with now.
  package var choices: [Int]

  /// Its costs, in the order of the objective's metrics.
  package var costs: [Double]

  /// Part of the validation clips that it decides right from reset and in-stream, with the supernet's
  /// weights and statistics taken anew; nil in the warm-up, where the choice means nothing yet.
  package var accuracyFromReset: Double?
  package var accuracyInStream: Double?

  package var validationClipCount: Int
}
