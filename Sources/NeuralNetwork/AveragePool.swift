// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// The mean over all frequencies and the last `length` columns, at the end of the clip: one column.
///
/// Where the clip is shorter than `length` the rest comes from its history, which is zero after a
/// reset; the divisor stays the same.
final class AveragePool: LinearOperation {
  private let length: Int
  private let input: ColumnShape

  var weight: Parameter? { nil }

  init(length: Int, input: ColumnShape) {
    self.length = length
    self.input = input
  }

  func prepare(forTraining: Bool) {}

  func forward(_ clips: Range<Int>, input tensor: Tensor, output: Tensor) {
    output.clear(clips)
    let rowCount = length * input.frequencyCount
    let factor = 1 / Float(rowCount)
    for clip in clips {
      let target = unsafe output.start(clip)
      let source = unsafe tensor.start(clip) + (tensor.timeCount - length) * input.count
      unsafe Kernels.best.row_sums(rowCount, input.channelCount, source, target)
      for channel in 0..<input.channelCount { unsafe target[channel] *= factor }
    }
  }

  func backward(
    _ clips: Range<Int>, input tensor: Tensor, gradient: Tensor, inputGradient: Tensor?,
    accumulate: Bool, partials: SharedBuffer<Float>, offset: Int
  ) {
    guard let inputGradient else { return }
    let columnCount = min(length, tensor.timeCount)
    let first = tensor.timeCount - columnCount
    if !accumulate, first > 0 { inputGradient.clear(clips) }
    let factor = 1 / Float(length * input.frequencyCount)
    for clip in clips {
      // Nobody reads the gradient of the output again, so it is scaled in place.
      let row = unsafe gradient.start(clip)
      for channel in 0..<input.channelCount { unsafe row[channel] *= factor }
      unsafe Kernels.best.spread_row(
        columnCount * input.frequencyCount, input.channelCount, row,
        inputGradient.start(clip) + first * input.count, accumulate)
    }
  }
}
