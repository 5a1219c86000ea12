// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// The mean over all frequencies of every column.
final class FrequencyAverage: LinearOperation {
  private let input: ColumnShape

  var weight: Parameter? { nil }
  var grid: WeightGrid? { nil }

  init(input: ColumnShape) {
    self.input = input
  }

  func prepare(forTraining: Bool) {}

  func forward(input source: ClipSpan, output: ClipSpan) {
    let factor = 1 / Float(input.frequencyCount)
    let channelCount = input.channelCount
    let columnCount = unsafe source.timeCount
    unsafe output.clear(columnCount * channelCount)
    for clip in unsafe 0..<source.clipCount {
      let (from, to) = unsafe (source.start(clip), output.start(clip))
      for column in 0..<columnCount {
        let target = unsafe to + column * channelCount
        unsafe Kernels.best.row_sums(
          input.frequencyCount, channelCount, from + column * input.count, target)
        for channel in 0..<channelCount { unsafe target[channel] *= factor }
      }
    }
  }

  func backward(
    input source: ClipSpan, gradient: ClipSpan, inputGradient: ClipSpan?, accumulate: Bool,
    weightGradient: UnsafeMutablePointer<Float>?, addsWeights: Bool
  ) {
    guard let inputGradient = unsafe inputGradient else { return }
    let factor = 1 / Float(input.frequencyCount)
    let channelCount = input.channelCount
    for clip in unsafe 0..<gradient.clipCount {
      let (from, to) = unsafe (gradient.start(clip), inputGradient.start(clip))
      for column in unsafe 0..<gradient.timeCount {
        // Nobody reads the gradient of the output again, so it is scaled in place.
        let row = unsafe from + column * channelCount
        for channel in 0..<channelCount { unsafe row[channel] *= factor }
        unsafe Kernels.best.spread_row(
          input.frequencyCount, channelCount, row, to + column * input.count, accumulate)
      }
    }
  }
}
