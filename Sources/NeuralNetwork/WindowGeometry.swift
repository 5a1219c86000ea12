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
}
