// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

/// The index arithmetic that convolution and depthwise layers share.
///
/// Output column u reads the input columns s * u + s - 1 - (kernel - 1 - i) * dilation for the taps
/// i of the time axis, and output bin v the input bins v * stride + j - padding for the taps j of
/// the frequency axis.
struct WindowGeometry {
  let kernel: Extent
  let stride: Extent
  let dilation: Int
  let input: ColumnShape
  let output: ColumnShape
  let padding: Int

  init(_ window: Window, input: ColumnShape, output: ColumnShape) {
    kernel = window.kernel
    stride = window.stride
    dilation = window.dilation
    self.input = input
    self.output = output
    padding = window.lowPadding
  }

  /// Whether (time, frequency) can be walked as one axis: no window and no stride along frequency,
  /// no stride along time.
  var isUniform: Bool {
    kernel.frequency == 1 && stride.frequency == 1 && stride.time == 1
  }

  /// Floats of an input column.
  var inputColumn: Int { input.count }

  /// Floats of an output column.
  var outputColumn: Int { output.count }

  /// Floats from one time tap to the next, in the input.
  var tapStride: Int { dilation * inputColumn }

  /// The first input column of output column 0, relative to the clip's first.
  var firstColumn: Int { stride.time - 1 - (kernel.time - 1) * dilation }

  /// The frequency taps of an output bin that hit the input, not the padding.
  func frequencyTaps(_ bin: Int) -> Range<Int> {
    let first = bin * stride.frequency - padding
    return max(0, -first)..<min(kernel.frequency, input.frequencyCount - first)
  }

  /// The input bin that an output bin reads at a frequency tap.
  func inputBin(_ bin: Int, tap: Int) -> Int { bin * stride.frequency - padding + tap }

  /// The first output column whose time tap lies in the clip, not in its history.
  func firstOutput(tap: Int) -> Int {
    let before = -(firstColumn + tap * dilation)
    return before <= 0 ? 0 : (before + stride.time - 1) / stride.time
  }

  /// The taps that lead from outputs back to the inputs of one phase of a stride, in the order of
  /// growing outputs: tap `firstTap + n * tapStep` from output `firstOutput + n * outputStep`, counted
  /// for the first input of the phase.
  struct Phase {
    var tapCount = 0
    var firstTap = 0
    var tapStep = 0
    var firstOutput = 0
    var outputStep = 0
  }

  /// Of the input columns `phase`, `phase + stride`, ...: tap i is met by output u where
  /// stride * u + firstColumn + i * dilation is the column. With later taps u falls, so they come
  /// first; no u lies before the first output.
  func timePhase(_ phase: Int) -> Phase {
    let taps = (0..<kernel.time).filter {
      (phase - firstColumn - $0 * dilation) % stride.time == 0
    }
    guard let last = taps.last else { return Phase() }
    func reached(_ tap: Int) -> Int { (phase - firstColumn - tap * dilation) / stride.time }
    let next = taps.count > 1 ? taps[taps.count - 2] : last
    return Phase(
      tapCount: taps.count, firstTap: last, tapStep: next - last, firstOutput: reached(last),
      outputStep: reached(next) - reached(last))
  }

  /// Of one input bin: only outputs that are there.
  func frequencyPhase(_ bin: Int) -> Phase {
    let taps = (0..<kernel.frequency).filter {
      let position = bin + padding - $0
      return position >= 0 && position % stride.frequency == 0
        && position / stride.frequency < output.frequencyCount
    }
    guard let last = taps.last else { return Phase() }
    func reached(_ tap: Int) -> Int { (bin + padding - tap) / stride.frequency }
    let next = taps.count > 1 ? taps[taps.count - 2] : last
    return Phase(
      tapCount: taps.count, firstTap: last, tapStep: next - last, firstOutput: reached(last),
      outputStep: reached(next) - reached(last))
  }
}
