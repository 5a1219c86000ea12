// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// What follows a linear operation, as kernels apply it: `f(scale[l] * z + shift[l] + residual)` for
/// every lane l of a column, `[frequency, channel]`.
final class AffineMap {
  let scale: SharedBuffer<Float>
  let shift: SharedBuffer<Float>
  /// The integers that the values come onto, where they are simulated.
  var grid: ActivationGrid?

  private let activation: kws_activation
  private let clampsIdentity: Bool
  /// What a clamp lets through.
  let bounds: (low: Float, high: Float)

  /// The map that changes nothing but for the activation.
  ///
  /// - Parameter isOwn: Whether nothing comes between the map's scale and its activation: neither a
  ///   residual nor dropout.
  init(column: ColumnShape, activation: Activation = .none, isOwn: Bool = true) {
    clampsIdentity = isOwn
    scale = SharedBuffer([Float](repeating: 1, count: column.count))
    shift = SharedBuffer(zeroed: column.count)
    (self.activation, bounds) =
      switch activation {
      case .none: (KWS_IDENTITY, (-.infinity, .infinity))
      case .relu: (KWS_CLAMP, (0, .infinity))
      case .relu6: (KWS_CLAMP, (0, 6))
      case .hardSwish: (KWS_HARD_SWISH, (-.infinity, .infinity))
      }
  }

  /// The map for a kernel's call.
  ///
  /// - Parameters:
  ///   - activates: false for the map without activation and grid.
  ///   - clampsOnGrid: false for the activation as it is without the grid's ends.
  func kernelForm(activates: Bool = true, clampsOnGrid: Bool = true) -> kws_affine {
    var form = unsafe kws_affine(
      scale: scale.unsafeBase, shift: shift.unsafeBase,
      activation: activates ? activation : KWS_IDENTITY, low: bounds.low, high: bounds.high,
      step: 0, inverse_step: 0, lowest: 0, highest: 0)
    if activates {
      let isClamp = activation == KWS_CLAMP || activation == KWS_IDENTITY && clampsIdentity
      unsafe grid?.apply(to: &form, clamps: clampsOnGrid && isClamp)
    }
    return unsafe form
  }

  /// Brings every shift to the nearest multiple of what one step of an integer sum stands for.
  ///
  /// - Parameters:
  ///   - inputScale: Real value of one step of the operation's input.
  ///   - steps: Real value of one step of the weights, per channel; lanes are `[frequency, channel]`.
  func roundShift(inputScale: Float, steps: [Float], channelCount: Int) {
    let scales = unsafe scale.unsafeBase
    let shifts = unsafe shift.unsafeBase
    for lane in 0..<shift.count {
      let gain = unsafe abs(scales[lane])
      let quantum = Double(inputScale) * Double(steps[lane % channelCount] * gain)
      let count = unsafe (Double(shifts[lane]) / quantum).rounded(.toNearestOrEven)
      // Where the scale is all but 0 the steps are finer than single precision.
      if count.magnitude < 0x1p30 { unsafe shifts[lane] = Float(count * quantum) }
    }
  }

  /// y = f(scale * z + shift + residual) for `count` columns; y may be z.
  func apply(
    _ count: Int, _ z: UnsafePointer<Float>, residual: UnsafePointer<Float>?,
    _ y: UnsafeMutablePointer<Float>
  ) {
    var map = unsafe kernelForm()
    unsafe Kernels.best.affine(count, scale.count, z, &map, residual, y)
  }
}
