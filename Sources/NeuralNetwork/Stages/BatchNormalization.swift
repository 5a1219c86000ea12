// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// Batch normalization per channel, or per band and channel (SubSpectralNorm):
/// `Normalization.batchEpsilon`, momentum 0.1, running variance unbiased.
///
/// The batch's moments are gathered per group of clips, each relative to the group's first value
/// (which keeps the squares small), and joined in double precision in the order of the groups
/// (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
/// variances", 1979).
final class BatchNormalization {
  static let momentum: Float = 0.1

  let scale: Parameter
  let shift: Parameter
  let runningMean: SharedBuffer<Float>
  let runningVariance: SharedBuffer<Float>

  /// Normalization, its own scale and shift, and the activation in one.
  private let map: AffineMap
  private let lanes: ChannelLanes
  private let parameterCount: Int

  private let batchMean: SharedBuffer<Float>
  private let inverseDeviation: SharedBuffer<Float>
  private let factor: SharedBuffer<Float>
  private let offset: SharedBuffer<Float>
  private let slope: SharedBuffer<Float>
  private let intercept: SharedBuffer<Float>

  /// By lane: the mean, and the map of the gradient, scale * h + slope * z + intercept.
  private let meanLanes: SharedBuffer<Float>
  private let slopeLanes: SharedBuffer<Float>
  private let interceptLanes: SharedBuffer<Float>

  /// `[group, 3, lane]`: reference, sum, sum of squares; then sum and products of gradients.
  private var laneSums = SharedBuffer<Float>(zeroed: 0)
  /// `[group, 2, parameter]`: the sums, folded.
  private var groupSums = SharedBuffer<Double>(zeroed: 0)

  init(
    layer: String, shape: [Int], lanes: ChannelLanes, map: AffineMap, parameters: ParameterStore
  ) {
    self.map = map
    self.lanes = lanes
    parameterCount = lanes.parameterCount
    scale = parameters.parameter("\(layer).norm.scale", shape: shape, decays: false, initial: 1)
    shift = parameters.parameter("\(layer).norm.shift", shape: shape, decays: false)
    func zeros(_ count: Int) -> SharedBuffer<Float> { SharedBuffer(zeroed: count) }
    let ones = [Float](repeating: 1, count: parameterCount)
    runningMean = zeros(parameterCount)
    runningVariance = SharedBuffer(ones)
    batchMean = zeros(parameterCount)
    inverseDeviation = zeros(parameterCount)
    factor = zeros(parameterCount)
    offset = zeros(parameterCount)
    slope = zeros(parameterCount)
    intercept = zeros(parameterCount)
    meanLanes = zeros(lanes.laneCount)
    slopeLanes = zeros(lanes.laneCount)
    interceptLanes = zeros(lanes.laneCount)
  }

  /// Makes room for the sums of so many groups.
  func reserve(groupCount: Int) {
    guard laneSums.count < groupCount * 3 * lanes.laneCount else { return }
    laneSums = SharedBuffer(zeroed: groupCount * 3 * lanes.laneCount)
    groupSums = SharedBuffer(zeroed: groupCount * 2 * parameterCount)
  }

  /// The map of inference, from the running statistics.
  func prepareForInference() {
    let scales = unsafe scale.value.unsafeBase
    let shifts = unsafe shift.value.unsafeBase
    let means = unsafe runningMean.unsafeBase
    let variances = unsafe runningVariance.unsafeBase
    let factors = unsafe factor.unsafeBase
    let offsets = unsafe offset.unsafeBase
    for index in 0..<parameterCount {
      let variance = unsafe variances[index] + Normalization.batchEpsilon
      let value = unsafe scales[index] / variance.squareRoot()
      unsafe factors[index] = value
      unsafe offsets[index] = shifts[index] - means[index] * value
    }
    spreadMap()
  }

  private func spreadMap() {
    spread(factor, over: map.scale)
    spread(offset, over: map.shift)
  }

  private func spread(_ parameters: SharedBuffer<Float>, over target: SharedBuffer<Float>) {
    var span = target.mutableSpan
    lanes.spread(parameters.span, over: &span)
  }

  private func sums(_ group: Int) -> UnsafeMutablePointer<Float> {
    unsafe laneSums.unsafeBase + group * 3 * lanes.laneCount
  }

  private func folded(_ group: Int) -> UnsafeMutablePointer<Double> {
    unsafe groupSums.unsafeBase + group * 2 * parameterCount
  }

  /// Adds a block of the group's clips to its sums, from the operation's output.
  func gather(_ values: ClipSpan, group: Int, isFirst: Bool) {
    let count = lanes.laneCount
    let reference = unsafe sums(group)
    if isFirst {
      for bin in 0..<lanes.column.frequencyCount {
        let channelCount = lanes.column.channelCount
        let first = bin / lanes.bandWidth * lanes.bandWidth
        unsafe (reference + bin * channelCount).update(
          from: values.base + first * channelCount, count: channelCount)
      }
      unsafe (reference + count).update(repeating: 0, count: 2 * count)
    }
    for clip in unsafe 0..<values.clipCount {
      unsafe Kernels.best.moments(
        values.timeCount, count, values.start(clip), reference, reference + count,
        reference + 2 * count)
    }
  }

  /// Folds the group's sums of lanes; after its last block.
  func fold(group: Int) {
    for kind in 0..<2 {
      let first = (3 * group + kind + 1) * lanes.laneCount
      let place = (2 * group + kind) * parameterCount
      var target = groupSums.mutableSpan(place..<place + parameterCount)
      lanes.fold(laneSums.span.extracting(first..<first + lanes.laneCount), into: &target)
    }
  }

  /// Joins the groups' sums to the batch's moments; updates the running statistics and the map.
  ///
  /// Every clip has `columnsPerClip` columns.
  func join(_ groups: ClipGroups, columnsPerClip: Int) {
    let channelCount = lanes.column.channelCount
    let scales = unsafe scale.value.unsafeBase
    let shifts = unsafe shift.value.unsafeBase
    let means = unsafe batchMean.unsafeBase
    let inverses = unsafe inverseDeviation.unsafeBase
    let factors = unsafe factor.unsafeBase
    let offsets = unsafe offset.unsafeBase
    let runningMeans = unsafe runningMean.unsafeBase
    let runningVariances = unsafe runningVariance.unsafeBase
    for index in 0..<parameterCount {
      let lane = index / channelCount * lanes.bandWidth * channelCount + index % channelCount
      var count = 0.0
      var mean = 0.0
      var squares = 0.0
      for group in 0..<groups.count {
        let groupCount = Double(groups.clips(group).count * columnsPerClip * lanes.bandWidth)
        let sum = unsafe folded(group)[index]
        let groupMean = unsafe Double(sums(group)[lane]) + sum / groupCount
        let groupSquares = max(
          unsafe folded(group)[parameterCount + index] - sum * sum / groupCount, 0)
        let difference = groupMean - mean
        let total = count + groupCount
        mean += difference * groupCount / total
        squares += groupSquares + difference * difference * count * groupCount / total
        count = total
      }
      let variance = squares / count
      let inverse = 1 / (variance + Double(Normalization.batchEpsilon)).squareRoot()
      unsafe means[index] = Float(mean)
      unsafe inverses[index] = Float(inverse)
      unsafe factors[index] = scales[index] * Float(inverse)
      unsafe offsets[index] = shifts[index] - Float(mean) * factors[index]
      let unbiased = squares / max(count - 1, 1)
      unsafe runningMeans[index] += Self.momentum * (Float(mean) - runningMeans[index])
      unsafe runningVariances[index] +=
        unsafe Self.momentum * (Float(unbiased) - runningVariances[index])
    }
    spreadMap()
    spread(batchMean, over: meanLanes)
  }

  /// Adds a block of the group's clips to its sums, from the gradient of the layer's output; or, if
  /// `activates` is false, from that of the value before the activation.
  func gatherGradient(
    _ gradient: ClipSpan, values: ClipSpan, group: Int, isFirst: Bool, activates: Bool
  ) {
    let count = lanes.laneCount
    let sum = unsafe sums(group) + count
    if isFirst { unsafe sum.update(repeating: 0, count: 2 * count) }
    var map = unsafe map.kernelForm(activates: activates)
    for clip in unsafe 0..<values.clipCount {
      unsafe Kernels.best.gradient_moments(
        values.timeCount, count, gradient.start(clip), values.start(clip), &map,
        meanLanes.unsafeBase, sum, sum + count)
    }
  }

  /// Joins the groups' sums to the gradients of scale and shift, and to the map of the gradient.
  ///
  /// With h = (z - mean) / deviation:
  /// dz = scale / deviation * (g - mean(g) - h * mean(g * h)).
  func joinGradient(_ groups: ClipGroups, columnsPerClip: Int) {
    let means = unsafe batchMean.unsafeBase
    let inverses = unsafe inverseDeviation.unsafeBase
    let factors = unsafe factor.unsafeBase
    let scaleGradients = unsafe scale.gradient.unsafeBase
    let shiftGradients = unsafe shift.gradient.unsafeBase
    let slopes = unsafe slope.unsafeBase
    let intercepts = unsafe intercept.unsafeBase
    let count = Double(groups.clipCount * columnsPerClip * lanes.bandWidth)
    for index in 0..<parameterCount {
      var sum = 0.0
      var products = 0.0
      for group in 0..<groups.count {
        unsafe sum += folded(group)[index]
        unsafe products += folded(group)[parameterCount + index]
      }
      let inverse = unsafe Double(inverses[index])
      unsafe scaleGradients[index] = Float(products * inverse)
      unsafe shiftGradients[index] = Float(sum)
      let slope = unsafe -Double(factors[index]) * products * inverse * inverse / count
      let intercept =
        unsafe -Double(factors[index]) * sum / count - slope * Double(means[index])
      unsafe slopes[index] = Float(slope)
      unsafe intercepts[index] = Float(intercept)
    }
    spread(slope, over: slopeLanes)
    spread(intercept, over: interceptLanes)
  }

  /// The gradient of the operation's output from that of the layer's output, or of the value before
  /// the activation; `target` may be `gradient`.
  func backward(
    _ gradient: ClipSpan, values: ClipSpan, activates: Bool, into target: ClipSpan
  ) {
    var map = unsafe map.kernelForm(activates: activates)
    for clip in unsafe 0..<values.clipCount {
      unsafe Kernels.best.normalization_gradient(
        values.timeCount, lanes.laneCount, gradient.start(clip), values.start(clip), &map,
        slopeLanes.unsafeBase, interceptLanes.unsafeBase, target.start(clip))
    }
  }
}
