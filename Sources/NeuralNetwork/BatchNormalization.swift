// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// Batch normalization per channel: `Normalization.batchEpsilon`, momentum 0.1, running variance
/// unbiased.
///
/// The batch's moments are gathered per group of clips, each relative to the group's first row
/// (which keeps the squares small), and joined in double precision in the order of the groups
/// (Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
/// variances", 1979).
final class BatchNormalization {
  static let momentum: Float = 0.1

  let scale: Parameter
  let shift: Parameter
  let runningMean: SharedBuffer<Float>
  let runningVariance: SharedBuffer<Float>

  /// The affine map that the layer applies: normalization and its own scale and shift in one.
  let factor: SharedBuffer<Float>
  let offset: SharedBuffer<Float>

  private let channelCount: Int
  private let batchMean: SharedBuffer<Float>
  private let inverseDeviation: SharedBuffer<Float>
  /// The map of the gradient: factor * g + slope * x + intercept.
  private let slope: SharedBuffer<Float>
  private let intercept: SharedBuffer<Float>
  /// `[group, 3, channel]`: reference row, sum, sum of squares; then sum and products of gradients.
  private var sums = SharedBuffer<Float>(zeroed: 0)

  init(layer: String, channelCount: Int) {
    self.channelCount = channelCount
    scale = Parameter(name: "\(layer).norm.scale", shape: [channelCount], decays: false)
    shift = Parameter(name: "\(layer).norm.shift", shape: [channelCount], decays: false)
    runningMean = SharedBuffer(zeroed: channelCount)
    runningVariance = SharedBuffer([Float](repeating: 1, count: channelCount))
    factor = SharedBuffer(zeroed: channelCount)
    offset = SharedBuffer(zeroed: channelCount)
    batchMean = SharedBuffer(zeroed: channelCount)
    inverseDeviation = SharedBuffer(zeroed: channelCount)
    slope = SharedBuffer(zeroed: channelCount)
    intercept = SharedBuffer(zeroed: channelCount)
    let ones = unsafe scale.value.unsafeBase
    for channel in 0..<channelCount { unsafe ones[channel] = 1 }
  }

  /// Makes room for the sums of so many groups.
  func reserve(groupCount: Int) {
    let count = groupCount * 3 * channelCount
    if sums.count < count { sums = SharedBuffer(zeroed: count) }
  }

  /// The map of inference, from the running statistics.
  func prepareForInference() {
    let scales = unsafe scale.value.unsafeBase
    let shifts = unsafe shift.value.unsafeBase
    let means = unsafe runningMean.unsafeBase
    let variances = unsafe runningVariance.unsafeBase
    let factors = unsafe factor.unsafeBase
    let offsets = unsafe offset.unsafeBase
    for channel in 0..<channelCount {
      let variance = unsafe variances[channel] + Normalization.batchEpsilon
      let value = unsafe scales[channel] / variance.squareRoot()
      unsafe factors[channel] = value
      unsafe offsets[channel] = shifts[channel] - means[channel] * value
    }
  }

  /// The sums of one group, from the operation's output.
  func gather(_ clips: Range<Int>, group: Int, values: Tensor) {
    let reference = unsafe sums.unsafeBase + group * 3 * channelCount
    unsafe reference.update(from: values.start(clips.lowerBound), count: channelCount)
    unsafe (reference + channelCount).update(repeating: 0, count: 2 * channelCount)
    for clip in clips {
      unsafe Kernels.best.moments(
        values.timeCount * values.columnShape.frequencyCount, channelCount, values.start(clip),
        reference, reference + channelCount, reference + 2 * channelCount)
    }
  }

  /// Joins the groups' sums to the batch's moments; updates the running statistics and the map.
  ///
  /// Every clip has `rowsPerClip` rows of channels.
  func join(_ groups: ClipGroups, rowsPerClip: Int) {
    let sums = unsafe sums.unsafeBase
    let scales = unsafe scale.value.unsafeBase
    let shifts = unsafe shift.value.unsafeBase
    let means = unsafe batchMean.unsafeBase
    let inverses = unsafe inverseDeviation.unsafeBase
    let factors = unsafe factor.unsafeBase
    let offsets = unsafe offset.unsafeBase
    let runningMeans = unsafe runningMean.unsafeBase
    let runningVariances = unsafe runningVariance.unsafeBase
    for channel in 0..<channelCount {
      var count = 0.0
      var mean = 0.0
      var squares = 0.0
      for group in 0..<groups.count {
        let base = group * 3 * channelCount + channel
        let groupCount = Double(groups.clips(group).count * rowsPerClip)
        let sum = unsafe Double(sums[base + channelCount])
        let groupMean = unsafe Double(sums[base]) + sum / groupCount
        let groupSquares = max(
          unsafe Double(sums[base + 2 * channelCount]) - sum * sum / groupCount, 0)
        let difference = groupMean - mean
        let total = count + groupCount
        mean += difference * groupCount / total
        squares += groupSquares + difference * difference * count * groupCount / total
        count = total
      }
      let variance = squares / count
      let inverse = 1 / (variance + Double(Normalization.batchEpsilon)).squareRoot()
      unsafe means[channel] = Float(mean)
      unsafe inverses[channel] = Float(inverse)
      unsafe factors[channel] = scales[channel] * Float(inverse)
      unsafe offsets[channel] = shifts[channel] - Float(mean) * factors[channel]
      let unbiased = squares / max(count - 1, 1)
      unsafe runningMeans[channel] += Self.momentum * (Float(mean) - runningMeans[channel])
      unsafe runningVariances[channel] +=
        unsafe Self.momentum * (Float(unbiased) - runningVariances[channel])
    }
  }

  /// The gradient's sums of one group.
  func gatherGradient(_ clips: Range<Int>, group: Int, gradient: Tensor, values: Tensor) {
    let sum = unsafe sums.unsafeBase + group * 3 * channelCount
    unsafe sum.update(repeating: 0, count: 2 * channelCount)
    for clip in clips {
      unsafe Kernels.best.comoments(
        values.timeCount * values.columnShape.frequencyCount, channelCount,
        gradient.start(clip), values.start(clip), batchMean.unsafeBase, sum, sum + channelCount)
    }
  }

  /// Joins the groups' sums to the gradients of scale and shift, and to the map of the gradient.
  ///
  /// With h = (x - mean) / deviation:
  /// dx = scale / deviation * (g - mean(g) - h * mean(g * h)).
  func joinGradient(_ groups: ClipGroups, rowsPerClip: Int) {
    let sums = unsafe sums.unsafeBase
    let means = unsafe batchMean.unsafeBase
    let inverses = unsafe inverseDeviation.unsafeBase
    let factors = unsafe factor.unsafeBase
    let scaleGradients = unsafe scale.gradient.unsafeBase
    let shiftGradients = unsafe shift.gradient.unsafeBase
    let slopes = unsafe slope.unsafeBase
    let intercepts = unsafe intercept.unsafeBase
    let count = Double(groups.clipCount * rowsPerClip)
    for channel in 0..<channelCount {
      var sum = 0.0
      var products = 0.0
      for group in 0..<groups.count {
        let base = group * 3 * channelCount + channel
        unsafe sum += Double(sums[base])
        unsafe products += Double(sums[base + channelCount])
      }
      let inverse = unsafe Double(inverses[channel])
      unsafe scaleGradients[channel] = Float(products * inverse)
      unsafe shiftGradients[channel] = Float(sum)
      let slope = unsafe -Double(factors[channel]) * products * inverse * inverse / count
      unsafe slopes[channel] = Float(slope)
      unsafe intercepts[channel] = Float(
        unsafe -Double(factors[channel]) * sum / count - slope * Double(means[channel]))
    }
  }

  /// Turns the gradient of the normalized values into that of the operation's output, in place.
  func backward(_ clips: Range<Int>, gradient: Tensor, values: Tensor) {
    for clip in clips {
      unsafe Kernels.best.affine_gradient(
        values.timeCount * values.columnShape.frequencyCount, channelCount,
        gradient.start(clip), values.start(clip), factor.unsafeBase, slope.unsafeBase,
        intercept.unsafeBase)
    }
  }
}
