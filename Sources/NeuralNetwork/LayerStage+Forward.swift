// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

extension LayerStage {
  /// The operation on a block of clips, and the group's part of the batch's moments while the
  /// block is in the cache.
  func forwardLinear(
    _ clips: Range<Int>, group: Int, isFirst: Bool, scratch: Scratch, training: Bool
  ) {
    guard let operation else { return }
    let target = unsafe linear.span(clips)
    unsafe operation.forward(input: input.read(clips, into: scratch), output: target)
    if training { unsafe normalization?.gather(target, group: group, isFirst: isFirst) }
  }

  /// Normalization or bias, dropout, residual and activation, where the output is kept. A sum is
  /// computed here.
  func forwardOutput(_ clips: Range<Int>, training: Bool) {
    if isSum {
      addUp(clips)
    } else if geometry.hasWeights, let target = output.values {
      for clip in clips {
        var form =
          unsafe training && dropout != nil
          ? dropout!.kernelForm(clip, of: map) : map.kernelForm()
        unsafe Kernels.best.affine(
          columnCount, geometry.output.count, linear.start(clip), &form,
          residual?.values?.start(clip), target.start(clip))
      }
    }
  }

  private func addUp(_ clips: Range<Int>) {
    guard let first = input.values, let target = output.values else { return }
    let columnSize = geometry.output.count
    let channelCount = geometry.output.channelCount
    for clip in clips {
      let sum = unsafe linear.start(clip)
      unsafe sum.update(from: first.start(clip), count: columnCount * columnSize)
      for addend in addends {
        guard let values = addend.values else { continue }
        let source = unsafe values.start(clip)
        if addend.plan.columnShape.count == columnSize {
          unsafe Kernels.best.add(columnCount * columnSize, source, sum)
        } else {
          for column in 0..<columnCount {
            unsafe Kernels.best.spread_row(
              geometry.output.frequencyCount, channelCount, source + column * channelCount,
              sum + column * columnSize, true)
          }
        }
      }
      if geometry.layer.activation != .none {
        unsafe map.apply(columnCount, sum, residual: nil, target.start(clip))
      }
    }
  }
}
