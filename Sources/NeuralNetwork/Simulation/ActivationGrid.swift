// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// The integers of one tensor between layers, simulated in training: 8 bits with a zero point that
/// stands for 0.
///
/// The range follows what one clip of every batch is seen to hold, as a mean over some twenty
/// batches. Before the first batch there is no grid.
final class ActivationGrid {
  /// Part of the way to a new batch's range.
  private static let momentum: Float = 0.05

  /// Steps of an unsigned 8-bit value.
  private static let stepCount: Float = 255

  /// `[2]`: the lowest and the highest value, one of them perhaps 0; both 0 before the first batch.
  let range = SharedBuffer<Float>(zeroed: 2)

  /// What the newest batch was seen to hold.
  private let seen = SharedBuffer<Float>(zeroed: 2)

  /// Takes over what the newest batch held.
  func update() {
    let range = unsafe range.unsafeBase
    let seen = unsafe seen.unsafeBase
    guard unsafe seen[1] > seen[0] else { return }
    let part = unsafe range[0] == range[1] ? 1 : Self.momentum
    for index in 0..<2 {
      unsafe range[index] += part * (seen[index] - range[index])
      unsafe seen[index] = 0
    }
  }

  /// Takes in the values of a clip, as they are before they come onto the grid.
  @unsafe func observe(
    _ columnCount: Int, _ laneCount: Int, _ z: UnsafePointer<Float>, _ form: kws_affine,
    residual: UnsafePointer<Float>?
  ) {
    var form = unsafe form
    unsafe Kernels.best.extremes(
      columnCount, laneCount, z, &form, residual, seen.unsafeBase)
  }

  /// Makes a map end on the grid.
  @unsafe func apply(to form: inout kws_affine) {
    let (low, high) = unsafe (range.unsafeBase[0], range.unsafeBase[1])
    let extent = high - low
    guard extent > 0 else { return }
    let step = extent / Self.stepCount
    let zeroPoint = (-low / step).rounded(.toNearestOrEven)
    unsafe form.step = step
    unsafe form.inverse_step = 1 / step
    unsafe form.lowest = -zeroPoint
    unsafe form.highest = Self.stepCount - zeroPoint
  }
}
