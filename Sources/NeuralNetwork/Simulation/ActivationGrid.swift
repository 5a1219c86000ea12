// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import Glibc
import ModelFormat

/// The integers of one tensor between layers, simulated in training, with a zero point that stands
/// for 0.
///
/// At first the range follows what one clip of every batch is seen to hold, as a mean over some
/// twenty batches. Then, where the tensor keeps what it was before rounding, the loss moves it
/// (learned step size quantization, Esser et al., arXiv 1902.08153, with both ends free as in LSQ+,
/// arXiv 2004.09576). Before the first batch there is no grid.
final class ActivationGrid {
  /// Part of the way to a new batch's range.
  private static let momentum: Float = 0.05

  /// Batches after which the range is learned.
  private static let observedBatchCount: Float = 100

  /// Largest integer: 255 for 8 bits.
  private let stepCount: Float

  /// Whether no value is below 0, so that the range begins there.
  private let isNonnegative: Bool

  /// Whether the range is to be learned after the first batches.
  private let isTrainable: Bool

  /// `[2]`: natural logarithms of how far the range reaches below and above 0; `none` where it does
  /// not. So the range has 0 whatever an update does.
  let logRange: Parameter

  /// Stands for the logarithm of 0.
  private static let none: Float = -1000

  /// `[1]`: batches seen.
  let batchCount: Parameter

  /// What the newest batch was seen to hold.
  private let seen = SharedBuffer<Float>(zeroed: 2)

  /// `[group, 2]`: each group's part of the range's gradient.
  private let partials: SharedBuffer<Float>

  let bitCount: Int

  init(slot: String, bitCount: Int, isNonnegative: Bool, isTrainable: Bool) {
    self.bitCount = bitCount
    self.isNonnegative = isNonnegative
    self.isTrainable = isTrainable
    stepCount = Float((1 << bitCount) - 1)
    logRange = Parameter(name: "quantization.logRange.\(slot)", shape: [2], decays: false)
    let ends = unsafe logRange.value.unsafeBase
    for index in 0..<2 { unsafe ends[index] = Self.none }
    batchCount = Parameter(name: "quantization.batches.\(slot)", shape: [1], decays: false)
    partials = SharedBuffer(zeroed: 2 * ClipGroups.largestCount)
  }

  /// Whether the loss moves the range.
  var isLearning: Bool {
    unsafe isTrainable && batchCount.value.unsafeBase[0] >= Self.observedBatchCount
  }

  /// Takes the range as found, so that it is learned from the next batch on.
  func endObservation() {
    unsafe batchCount.value.unsafeBase[0] = Self.observedBatchCount
  }

  /// The lowest and the highest value, one of them perhaps 0; both 0 before the first batch.
  var ends: (low: Float, high: Float) {
    get {
      let logs = unsafe logRange.value.unsafeBase
      return unsafe (-expf(logs[0]), expf(logs[1]))
    }
    set {
      let logs = unsafe logRange.value.unsafeBase
      unsafe logs[0] = newValue.low < 0 ? logf(-newValue.low) : Self.none
      unsafe logs[1] = newValue.high > 0 ? logf(newValue.high) : Self.none
    }
  }

  /// What the tensor is rounded to; nil before the first batch.
  var quantization: ActivationQuantization? {
    let (low, high) = ends
    guard low < 0 || high > 0 else { return nil }
    return ActivationQuantization(from: low, to: high, bitCount: bitCount)
  }

  /// Takes over what the newest batch held.
  func update() {
    let seen = unsafe seen.unsafeBase
    let count = unsafe batchCount.value.unsafeBase
    if !isLearning, unsafe seen[1] > seen[0] {
      var (low, high) = ends
      let part = low == high ? 1 : Self.momentum
      unsafe low += part * (seen[0] - low)
      unsafe high += part * (seen[1] - high)
      ends = (low, high)
      unsafe count[0] = min(count[0] + 1, Self.observedBatchCount)
    }
    for index in 0..<2 { unsafe seen[index] = 0 }
  }

  /// Takes in the values of a clip, as they are before they come onto the grid.
  @unsafe func observe(
    _ columnCount: Int, _ laneCount: Int, _ z: UnsafePointer<Float>, _ form: kws_affine,
    residual: UnsafePointer<Float>?
  ) {
    guard !isLearning else { return }
    var form = unsafe form
    unsafe Kernels.best.extremes(
      columnCount, laneCount, z, &form, residual, seen.unsafeBase)
  }

  /// Whether one of the group's clips is asked for the range's gradient: of every second group, as the
  /// gradient is a sum over thousands of values of each clip, and costs a pass over them.
  func takesGradient(group: Int) -> Bool { isLearning && group % 2 == 0 }

  /// Gathers a group's part of the range's gradient from one of its clips.
  @unsafe func gatherGradient(
    group: Int, _ columnCount: Int, _ laneCount: Int, gradient: UnsafePointer<Float>,
    _ z: UnsafePointer<Float>, _ form: kws_affine, residual: UnsafePointer<Float>?
  ) {
    var form = unsafe form
    let target = unsafe partials.unsafeBase + 2 * group
    unsafe target.update(repeating: 0, count: 2)
    unsafe Kernels.best.range_gradient(
      columnCount, laneCount, gradient, z, &form, residual, target)
  }

  /// Joins the groups' parts to the gradient of the range, for `valueCount` values per clip.
  ///
  /// The paper's factor 1 / sqrt(values * steps) is that of a step; an end is so many steps away, and
  /// the same move of its logarithm is its inverse of that.
  func finishGradient(_ groups: ClipGroups, valueCount: Int) {
    let gradient = unsafe logRange.gradient.unsafeBase
    for index in 0..<2 { unsafe gradient[index] = 0 }
    guard isLearning else { return }
    let asked = stride(from: 0, to: groups.count, by: 2)
    let factor =
      Float(groups.clipCount) / Float((groups.count + 1) / 2)
      * (stepCount * stepCount * stepCount / Float(valueCount)).squareRoot()
    let parts = unsafe partials.unsafeBase
    for group in asked {
      unsafe gradient[0] += factor * parts[2 * group]
      unsafe gradient[1] += factor * parts[2 * group + 1]
    }
    // The lower end is minus its magnitude.
    let (low, high) = ends
    unsafe gradient[0] = low < 0 && !isNonnegative ? LogarithmicStep.limited(gradient[0] / low) : 0
    unsafe gradient[1] = high > 0 ? LogarithmicStep.limited(gradient[1] / high) : 0
  }

  /// Makes a map end on the grid.
  ///
  /// - Parameter clamps: Whether a clamp of the map also ends where the grid does, so that no
  ///   gradient passes what is past it.
  @unsafe func apply(to form: inout kws_affine, clamps: Bool) {
    guard let grid = quantization else { return }
    unsafe form.step = grid.scale
    unsafe form.inverse_step = 1 / grid.scale
    unsafe form.lowest = -Float(grid.zeroPoint)
    unsafe form.highest = Float(grid.largest - grid.zeroPoint)
    guard clamps else { return }
    if unsafe form.activation == KWS_IDENTITY { unsafe form.activation = KWS_CLAMP }
    unsafe form.low = max(form.low, form.lowest * grid.scale)
    unsafe form.high = min(form.high, form.highest * grid.scale)
  }
}
