// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// Dropout of whole channels of a clip: each is zero with a probability, the others grow by
/// 1 / (1 - probability) (Tompson et al., "Efficient object localization using convolutional
/// networks", 2015).
///
/// Draws are a function of (draw of the step, layer, clip).
final class Dropout {
  private let probability: Float
  private let lanes: ChannelLanes

  /// `[clip, lane]`: factors of the newest training pass; and the bias times them.
  private var scales = SharedBuffer<Float>(zeroed: 0)
  private var shifts = SharedBuffer<Float>(zeroed: 0)
  private let zeros: SharedBuffer<Float>

  /// The first stream word of every draw ("DROP").
  private static let stream: UInt32 = 0x4452_4F50

  init(probability: Float, lanes: ChannelLanes) {
    self.probability = probability
    self.lanes = lanes
    zeros = SharedBuffer(zeroed: lanes.laneCount)
  }

  func reserve(clipCapacity: Int) {
    guard scales.count < clipCapacity * lanes.laneCount else { return }
    scales = SharedBuffer(zeroed: clipCapacity * lanes.laneCount)
    shifts = SharedBuffer(zeroed: clipCapacity * lanes.laneCount)
  }

  /// Draws the factors of a pass over `clipCount` clips.
  func draw(_ draw: UInt64, layer: Int, clipCount: Int, bias: AffineMap) {
    let count = lanes.laneCount
    let channelCount = lanes.column.channelCount
    let kept = 1 / (1 - probability)
    for clip in 0..<clipCount {
      var generator = CounterBasedGenerator(
        seed: draw, stream: Self.stream, UInt32(layer), UInt32(clip))
      let scale = unsafe scales.unsafeBase + clip * count
      let shift = unsafe shifts.unsafeBase + clip * count
      for channel in 0..<channelCount {
        let factor = generator.nextUniform() < probability ? 0 : kept
        for lane in stride(from: channel, to: count, by: channelCount) {
          unsafe scale[lane] = factor
          unsafe shift[lane] = factor * bias.shift.unsafeBase[lane]
        }
      }
    }
  }

  /// The map of a clip: its factors on values and bias.
  func kernelForm(_ clip: Int, of map: AffineMap, clampsOnGrid: Bool = true) -> kws_affine {
    var form = unsafe map.kernelForm(clampsOnGrid: clampsOnGrid)
    unsafe form.scale = UnsafePointer(scales.unsafeBase + clip * lanes.laneCount)
    unsafe form.shift = UnsafePointer(shifts.unsafeBase + clip * lanes.laneCount)
    return unsafe form
  }

  /// Multiplies the gradient of a clip by its factors.
  func backward(_ clip: Int, columnCount: Int, _ gradient: UnsafeMutablePointer<Float>) {
    var form = unsafe kws_affine(
      scale: scales.unsafeBase + clip * lanes.laneCount, shift: zeros.unsafeBase,
      activation: KWS_IDENTITY, low: 0, high: 0, step: 0,
      inverse_step: 0, lowest: 0, highest: 0)
    unsafe Kernels.best.affine(
      columnCount, lanes.laneCount, gradient, &form, nil, gradient)
  }
}
