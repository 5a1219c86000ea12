// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// A convolution of every channel by itself.
final class Depthwise: LinearOperation {
  private let weights: Parameter
  private let geometry: WindowGeometry

  var weight: Parameter? { weights }

  init(weights: Parameter, geometry: WindowGeometry) {
    self.weights = weights
    self.geometry = geometry
  }

  func prepare(forTraining: Bool) {}

  func forward(input: ClipSpan, output: ClipSpan) {
    let channelCount = geometry.input.channelCount
    let uniform = geometry.isUniform
    for clip in unsafe 0..<input.clipCount {
      let x = unsafe input.start(clip) + geometry.firstColumn * geometry.inputColumn
      for bin in 0..<(uniform ? 1 : geometry.output.frequencyCount) {
        let taps = geometry.frequencyTaps(bin)
        let first = uniform ? 0 : geometry.inputBin(bin, tap: taps.lowerBound) * channelCount
        var window = unsafe kws_depthwise(
          rows: output.timeCount * (uniform ? geometry.output.frequencyCount : 1),
          channels: channelCount, taps: geometry.kernel.time, inner_taps: taps.count,
          x: x + first,
          x_row: uniform ? channelCount : geometry.stride.time * geometry.inputColumn,
          x_tap: geometry.tapStride, x_inner: channelCount,
          w: weights.value.unsafeBase + taps.lowerBound * channelCount,
          w_tap: geometry.kernel.frequency * channelCount, w_inner: channelCount,
          z: output.start(clip) + bin * channelCount,
          z_row: uniform ? channelCount : geometry.outputColumn, accumulate: false)
        unsafe Kernels.best.depthwise(&window)
      }
    }
  }

  func backward(
    input: ClipSpan, gradient: ClipSpan, inputGradient: ClipSpan?, accumulate: Bool,
    weightGradient: UnsafeMutablePointer<Float>, addsWeights: Bool
  ) {
    unsafe self.weightGradient(input, gradient, weightGradient, accumulate: addsWeights)
    guard let inputGradient = unsafe inputGradient else { return }
    if geometry.stride.time == 1, geometry.stride.frequency == 1 {
      unsafe gatherInputGradient(gradient, inputGradient, accumulate: accumulate)
    } else {
      if !accumulate {
        unsafe inputGradient.clear(inputGradient.timeCount * geometry.inputColumn)
      }
      unsafe scatterInputGradient(gradient, inputGradient)
    }
  }

  private func weightGradient(
    _ input: ClipSpan, _ gradient: ClipSpan, _ target: UnsafeMutablePointer<Float>,
    accumulate: Bool
  ) {
    let channelCount = geometry.input.channelCount
    let uniform = geometry.isUniform
    let x = unsafe input.base + geometry.firstColumn * geometry.inputColumn
    let d = unsafe gradient.base
    if !uniform && !accumulate {
      unsafe target.update(repeating: 0, count: weights.count)
    }
    for bin in 0..<(uniform ? 1 : geometry.output.frequencyCount) {
      for tap in geometry.frequencyTaps(bin) {
        let first = uniform ? 0 : geometry.inputBin(bin, tap: tap) * channelCount
        var window = unsafe kws_depthwise_gradient(
          rows: gradient.timeCount * (uniform ? geometry.output.frequencyCount : 1),
          channels: channelCount, taps: geometry.kernel.time, blocks: input.clipCount,
          x: x + first,
          x_row: uniform ? channelCount : geometry.stride.time * geometry.inputColumn,
          x_tap: geometry.tapStride, x_block: input.clipStride, d: d + bin * channelCount,
          d_row: uniform ? channelCount : geometry.outputColumn, d_block: gradient.clipStride,
          g: target + tap * channelCount, g_tap: geometry.kernel.frequency * channelCount,
          accumulate: accumulate || !uniform)
        unsafe Kernels.best.depthwise_gradient(&window)
      }
    }
  }

  /// Without strides the input's gradient is the same kind of window over the output's gradient,
  /// with the taps in reverse; zero columns behind the clip stand for outputs that are not there.
  private func gatherInputGradient(
    _ gradient: ClipSpan, _ inputGradient: ClipSpan, accumulate: Bool
  ) {
    let channelCount = geometry.input.channelCount
    let binCount = geometry.input.frequencyCount
    let uniform = geometry.isUniform
    let columnWeights = geometry.kernel.frequency * channelCount
    let lastTap = (geometry.kernel.time - 1) * columnWeights
    for clip in unsafe 0..<gradient.clipCount {
      for bin in 0..<(uniform ? 1 : binCount) {
        // Input bin f reaches output bins f + padding - j.
        let high = bin + geometry.padding
        let taps =
          max(
            0, high - (geometry.output.frequencyCount - 1))..<min(
            geometry.kernel.frequency, high + 1)
        let first = uniform ? 0 : (high - taps.lowerBound) * channelCount
        var window = unsafe kws_depthwise(
          rows: inputGradient.timeCount * (uniform ? binCount : 1), channels: channelCount,
          taps: geometry.kernel.time, inner_taps: uniform ? 1 : taps.count,
          x: gradient.start(clip) + first,
          x_row: uniform ? channelCount : geometry.outputColumn,
          x_tap: geometry.dilation * geometry.outputColumn, x_inner: -channelCount,
          w: weights.value.unsafeBase + lastTap
            + (uniform ? 0 : taps.lowerBound * channelCount),
          w_tap: -columnWeights, w_inner: channelCount,
          z: inputGradient.start(clip) + bin * channelCount,
          z_row: uniform ? channelCount : geometry.inputColumn, accumulate: accumulate)
        unsafe Kernels.best.depthwise(&window)
      }
    }
  }

  private func scatterInputGradient(_ gradient: ClipSpan, _ inputGradient: ClipSpan) {
    let channelCount = geometry.input.channelCount
    let columnCount = unsafe gradient.timeCount
    for clip in unsafe 0..<gradient.clipCount {
      for bin in 0..<geometry.output.frequencyCount {
        for time in 0..<geometry.kernel.time {
          let skipped = geometry.firstOutput(tap: time)
          guard skipped < columnCount else { continue }
          let column =
            geometry.firstColumn + time * geometry.dilation + skipped * geometry.stride.time
          for tap in geometry.frequencyTaps(bin) {
            let weight = (time * geometry.kernel.frequency + tap) * channelCount
            var window = unsafe kws_depthwise(
              rows: columnCount - skipped, channels: channelCount, taps: 1, inner_taps: 1,
              x: gradient.start(clip) + skipped * geometry.outputColumn + bin * channelCount,
              x_row: geometry.outputColumn, x_tap: 0, x_inner: 0,
              w: weights.value.unsafeBase + weight, w_tap: 0, w_inner: 0,
              z: inputGradient.start(clip) + column * geometry.inputColumn
                + geometry.inputBin(bin, tap: tap) * channelCount,
              z_row: geometry.stride.time * geometry.inputColumn, accumulate: true)
            unsafe Kernels.best.depthwise(&window)
          }
        }
      }
    }
  }
}
