// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import Glibc
import ModelFormat

/// The weights that a layer computes with: its own, or, where integers are simulated, those nearest
/// to them among the levels of their bits, with one learned step per output channel.
///
/// The gradient goes to the layer's own weights as if rounding changed nothing (the straight-through
/// estimator; Bengio, Léonard, Courville, arXiv 1308.3432), but not to those out of reach of the
/// levels; the step's is that of learned step size quantization (Esser et al., arXiv 1902.08153).
/// Batch normalization follows the operation, so that folding it later scales a whole channel and
/// leaves the integers as they are.
final class WeightGrid {
  private let weights: Parameter
  private let channelCount: Int
  private let rounded: SharedBuffer<Float>

  /// `[channel]`: the natural logarithm of the real value of one step, which is positive whatever an
  /// update does.
  let logStep: Parameter

  /// `[channel]`
  private let steps: SharedBuffer<Float>

  /// What the weights are rounded to; nil for weights as they are. Setting it chooses the steps anew.
  var levels: WeightLevels? {
    didSet { if let levels { chooseSteps(levels) } }
  }

  /// What to compute with.
  var values: SharedBuffer<Float> { levels == nil ? weights.value : rounded }

  /// - Precondition: the channel is the last extent of the weights.
  init(_ weights: Parameter, layer: String) {
    self.weights = weights
    channelCount = weights.shape[weights.shape.count - 1]
    logStep = Parameter(
      name: "quantization.logStep.\(layer)", shape: [channelCount], decays: false)
    steps = SharedBuffer(zeroed: channelCount)
    rounded = SharedBuffer(zeroed: weights.count)
  }

  /// Weights per channel.
  private var rowCount: Int { weights.count / channelCount }

  /// Readies the weights for one step of training, or for inference.
  func prepare() {
    guard let levels else { return }
    computeSteps()
    unsafe Kernels.best.round_weights(
      rowCount, channelCount, weights.value.unsafeBase, steps.unsafeBase,
      Float(levels.limit), Float(levels.spacing), rounded.unsafeBase)
  }

  /// Turns the gradient by the rounded weights into those by the weights and by their steps.
  ///
  /// The paper multiplies the latter by 1 / sqrt(weights per channel * limit), so that steps move as
  /// fast as weights; in their logarithm the same move is one step-th of that.
  func finishGradient() {
    guard let levels else { return }
    let gradient = unsafe logStep.gradient.unsafeBase
    let steps = unsafe steps.unsafeBase
    unsafe Kernels.best.step_gradient(
      rowCount, channelCount, weights.value.unsafeBase, steps,
      Float(levels.limit), Float(levels.spacing), weights.gradient.unsafeBase, gradient)
    let factor = 1 / Float(rowCount * levels.limit).squareRoot()
    for channel in 0..<channelCount {
      unsafe gradient[channel] = LogarithmicStep.limited(
        gradient[channel] * factor / steps[channel])
    }
  }

  /// The real value of one step of each channel, for the logarithms as they are.
  func currentSteps() -> [Float] {
    computeSteps()
    return FloatTensor(shape: [channelCount], copying: steps).values
  }

  private func computeSteps() {
    let logStep = unsafe logStep.value.unsafeBase
    for channel in 0..<channelCount { unsafe steps.unsafeBase[channel] = expf(logStep[channel]) }
  }

  /// The step of least squared error per channel, among parts of the one that reaches the largest
  /// weight.
  private func chooseSteps(_ levels: WeightLevels) {
    let (weights, logStep) = (weights.value, logStep.value)
    let values = weights.span
    var logSteps = logStep.mutableSpan
    for channel in 0..<channelCount {
      let own = (0..<rowCount).map { values[$0 * channelCount + channel] }
      logSteps[channel] = logf(levels.bestStep(own))
    }
  }
}
