// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// One layer at work: activation(dropout(normalization(operation(input))) + residual).
///
/// Its memory is bound once per batch shape. Between the operation and the output lies, with batch
/// normalization, a point where all groups of clips meet.
final class LayerStage {
  let geometry: LayerGeometry
  /// Nil for a layer that is free in memory, and for a sum.
  let operation: (any LinearOperation)?
  let bias: Parameter?
  let normalization: BatchNormalization?
  let dropout: Dropout?

  /// Normalization or bias, and activation.
  let map: AffineMap
  /// The activation alone, on values that are complete: tells where it let them through.
  let activationOnly: AffineMap
  private let lanes: ChannelLanes

  /// Where the weights' and the bias's partial gradients lie in each group's part.
  var weightOffset = 0
  var biasOffset = 0

  /// Whether this layer is the last, in backward order the first, to touch the gradient it gives.
  var accumulatesInputGradient = false
  var accumulatesResidualGradient = false
  var accumulatesAddendGradient: [Bool] = []

  // Bound memory. `linear` is the operation's output; it is the same as the output where what
  // follows can be done, and undone, in place.
  var input: Slot!
  var residual: Slot?
  var addends: [Slot] = []
  var linear: Tensor!
  var output: Slot!
  /// Clips that the layer works on at once, so that they stay in the cache.
  var blockSize = 1

  /// - Parameter parameters: where weights, biases and the parameters of normalization come from.
  init(geometry: LayerGeometry, parameters: ParameterStore) {
    self.geometry = geometry
    let layer = geometry.layer
    func weights() -> Parameter {
      parameters.parameter("\(layer.name).weight", shape: geometry.floatWeightShape, decays: true)
    }
    operation =
      switch layer.operation {
      case .convolution(_, let window):
        Convolution(
          layer: layer.name, weights: weights(),
          geometry: WindowGeometry(window, input: geometry.input, output: geometry.output))
      case .depthwise(let window):
        Depthwise(
          layer: layer.name, weights: weights(),
          geometry: WindowGeometry(window, input: geometry.input, output: geometry.output))
      case .dense:
        Convolution(
          layer: layer.name, weights: weights(),
          geometry: WindowGeometry(
            Window(kernel: Extent(time: 1, frequency: 1)), input: geometry.input,
            output: geometry.output))
      case .averagePool: AveragePool(length: geometry.poolLength, input: geometry.input)
      case .frequencyAverage: FrequencyAverage(input: geometry.input)
      case .frequencyToChannels, .sum: nil
      }
    map = AffineMap(
      column: geometry.output, activation: layer.activation,
      isOwn: layer.residual == nil && layer.dropout == nil)
    activationOnly = AffineMap(column: geometry.output, activation: layer.activation)
    let lanes = ChannelLanes(
      column: geometry.output, bandCount: max(layer.normalization.bandCount, 1))
    self.lanes = lanes
    let isNormalized = layer.normalization != .none
    normalization =
      isNormalized
      ? BatchNormalization(
        layer: layer.name, shape: geometry.channelShape, lanes: lanes, map: map,
        parameters: parameters)
      : nil
    bias =
      geometry.hasWeights && !isNormalized
      ? parameters.parameter("\(layer.name).bias", shape: geometry.channelShape, decays: false)
      : nil
    dropout = layer.dropout.map { Dropout(probability: $0, lanes: lanes) }
  }

  var isSum: Bool {
    if case .sum = geometry.layer.operation { true } else { false }
  }

  /// Whether the layer computes something: all but a change of view.
  var isComputed: Bool { operation != nil || isSum }

  /// Whether the operation's output has memory of its own: what follows is needed again in the
  /// backward pass. With few integers to end on that includes how far a value was from its own.
  var keepsLinear: Bool {
    normalization != nil || geometry.layer.activation == .hardSwish || map.grid?.bitCount ?? 8 < 8
  }

  /// Whether the gradient is led through the activation by itself, before other work on it: where
  /// others than the normalization need it, too.
  var activatesGradientAlone: Bool {
    geometry.layer.activation != .none && (normalization == nil || residual != nil)
  }

  /// Columns per clip.
  var columnCount: Int { linear.timeCount }

  /// Whether nothing needs to be done to what the operation put out.
  var isPlain: Bool {
    bias == nil && normalization == nil && geometry.layer.activation == .none && map.grid == nil
  }

  /// Readies weights and map for one step.
  func prepare(forTraining: Bool) {
    operation?.prepare(forTraining: forTraining)
    if let bias {
      let (parameters, shift) = (bias.value, map.shift)
      var shifts = shift.mutableSpan
      lanes.spread(parameters.span, over: &shifts)
    }
    if !forTraining { normalization?.prepareForInference() }
  }

  /// Columns of the output of a clip, from what the operation put out; without dropout, and with a
  /// residual only that it is given.
  @unsafe func apply(
    _ clip: Int, columns: Range<Int>, residual: UnsafePointer<Float>? = nil,
    to target: UnsafeMutablePointer<Float>
  ) {
    unsafe map.apply(
      columns.count, linear.start(clip) + columns.lowerBound * geometry.output.count,
      residual: residual, target)
  }
}
