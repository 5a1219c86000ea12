// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// One layer at work: activation(normalization(operation(input)) + residual), forward and backward.
///
/// Its memory is bound once per batch shape. Between the operation and the output lies, with batch
/// normalization, a point where all groups of clips meet.
final class LayerStage {
  let geometry: LayerGeometry
  /// Nil for a layer that is free in memory.
  let operation: (any LinearOperation)?
  let bias: Parameter?
  let normalization: BatchNormalization?

  /// The affine map of a layer without normalization.
  private let ones: SharedBuffer<Float>
  private let bounds: (low: Float, high: Float)

  /// Where the weights' and the bias's partial gradients lie in each group's part.
  var weightOffset = 0
  var biasOffset = 0

  /// Whether this layer is the last, in backward order the first, to touch the gradient it gives.
  var accumulatesInputGradient = false
  var accumulatesResidualGradient = false

  // Bound memory. `linear` is the operation's output, `output` what the next layers read; they are
  // the same without normalization.
  var input: Tensor!
  var linear: Tensor!
  var output: Tensor!
  var residual: Tensor?
  var inputGradient: Tensor?
  var gradient: Tensor!
  var residualGradient: Tensor?

  init(geometry: LayerGeometry) {
    self.geometry = geometry
    let layer = geometry.layer
    let channelCount = geometry.output.channelCount
    switch layer.operation {
    case .convolution(_, let window):
      operation = Convolution(
        weights: Parameter(
          name: "\(layer.name).weight", shape: geometry.floatWeightShape, decays: true),
        geometry: WindowGeometry(window, input: geometry.input, output: geometry.output))
    case .depthwise(let window):
      operation = Depthwise(
        weights: Parameter(
          name: "\(layer.name).weight", shape: geometry.floatWeightShape, decays: true),
        geometry: WindowGeometry(window, input: geometry.input, output: geometry.output))
    case .dense:
      operation = Convolution(
        weights: Parameter(
          name: "\(layer.name).weight", shape: geometry.floatWeightShape, decays: true),
        geometry: WindowGeometry(
          Window(kernel: Extent(time: 1, frequency: 1)), input: geometry.input,
          output: geometry.output))
    case .averagePool:
      operation = AveragePool(length: geometry.poolLength, input: geometry.input)
    case .frequencyToChannels:
      operation = nil
    case .frequencyAverage, .sum: fatalError()
    }
    normalization =
      layer.normalization == .batch
      ? BatchNormalization(layer: layer.name, channelCount: channelCount) : nil
    bias =
      geometry.hasWeights && layer.normalization == .none
      ? Parameter(name: "\(layer.name).bias", shape: [channelCount], decays: false) : nil
    ones = SharedBuffer([Float](repeating: 1, count: bias == nil ? 0 : channelCount))
    bounds =
      switch layer.activation {
      case .none: (-.infinity, .infinity)
      case .relu: (0, .infinity)
      case .relu6: (0, 6)
      case .hardSwish: fatalError()
      }
  }

  /// Rows of channels per clip.
  var rowCount: Int { output.timeCount * geometry.output.frequencyCount }

  /// The operation, and the group's part of the batch's moments.
  func forwardLinear(_ clips: Range<Int>, group: Int, training: Bool) {
    guard let operation else { return }
    operation.forward(clips, input: input, output: linear)
    if training { normalization?.gather(clips, group: group, values: linear) }
  }

  /// Normalization or bias, residual and activation. The output is complete here, so this is where
  /// a fake quantization of layer outputs belongs.
  func forwardOutput(_ clips: Range<Int>) {
    guard geometry.hasWeights else { return }
    let channelCount = geometry.output.channelCount
    let factor = normalization?.factor ?? ones
    guard let offset = normalization?.offset ?? bias?.value else { return }
    for clip in clips {
      unsafe Kernels.best.affine(
        rowCount, channelCount, linear.start(clip), factor.unsafeBase, offset.unsafeBase,
        residual?.start(clip), bounds.low, bounds.high, output.start(clip))
    }
  }

  /// Activation and residual, and the group's part of the normalization's or bias's gradient.
  func backwardOutput(
    _ clips: Range<Int>, group: Int, partials: SharedBuffer<Float>, base: Int
  ) {
    guard geometry.hasWeights else { return }
    let channelCount = geometry.output.channelCount
    let count = rowCount * channelCount
    for clip in clips {
      let g = unsafe gradient.start(clip)
      if geometry.layer.activation != .none {
        unsafe Kernels.best.clamp_gradient(
          count, g, output.start(clip), bounds.low, bounds.high)
      }
      if let residualGradient {
        let target = unsafe residualGradient.start(clip)
        if accumulatesResidualGradient {
          unsafe Kernels.best.add(count, g, target)
        } else {
          unsafe target.update(from: g, count: count)
        }
      }
      if bias != nil {
        unsafe Kernels.best.row_sums(
          rowCount, channelCount, g, partials.unsafeBase + base + biasOffset)
      }
    }
    normalization?.gatherGradient(clips, group: group, gradient: gradient, values: linear)
  }

  /// The operation's gradients.
  func backwardLinear(_ clips: Range<Int>, partials: SharedBuffer<Float>, base: Int) {
    guard let operation else { return }
    normalization?.backward(clips, gradient: gradient, values: linear)
    operation.backward(
      clips, input: input, gradient: gradient, inputGradient: inputGradient,
      accumulate: accumulatesInputGradient, partials: partials, offset: base + weightOffset)
  }
}
