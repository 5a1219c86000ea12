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
  var grid: WeightGrid? { nil }

  init(length: Int, input: ColumnShape) {
    self.length = length
    self.input = input
  }

  func prepare(forTraining: Bool) {}

  func forward(input source: ClipSpan, output: ClipSpan) {
    let rowCount = length * input.frequencyCount
    let factor = 1 / Float(rowCount)
    unsafe output.clear(input.channelCount)
    for clip in unsafe 0..<source.clipCount {
      let target = unsafe output.start(clip)
      let first = unsafe source.start(clip) + (source.timeCount - length) * input.count
      unsafe Kernels.best.row_sums(rowCount, input.channelCount, first, target)
      for channel in 0..<input.channelCount { unsafe target[channel] *= factor }
    }
  }

  func backward(
    input source: ClipSpan, gradient: ClipSpan, inputGradient: ClipSpan?, accumulate: Bool,
    weightGradient: UnsafeMutablePointer<Float>?, addsWeights: Bool
  ) {
    guard let inputGradient = unsafe inputGradient else { return }
    let columnCount = unsafe min(length, source.timeCount)
    let first = unsafe source.timeCount - columnCount
    if !accumulate, first > 0 { unsafe inputGradient.clear(first * input.count) }
    let factor = 1 / Float(length * input.frequencyCount)
    for clip in unsafe 0..<gradient.clipCount {
      // Nobody reads the gradient of the output again, so it is scaled in place.
      let row = unsafe gradient.start(clip)
      for channel in 0..<input.channelCount { unsafe row[channel] *= factor }
      unsafe Kernels.best.spread_row(
        columnCount * input.frequencyCount, input.channelCount, row,
        inputGradient.start(clip) + first * input.count, accumulate)
    }
  }
}
