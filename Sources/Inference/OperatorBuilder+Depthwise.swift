// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import ModelFormat

/// Operators of depthwise layers.
extension OperatorBuilder {
  var depthwiseLayout: DepthwiseLayout { DepthwiseLayout(geometry, window: window) }

  /// One operator, or one per band where a column is not one run.
  func depthwises(
    _ constants: inout ConstantPool
  ) throws(InferenceError) -> [kws_int8_depthwise] {
    let (kernel, stride) = (window.kernel, window.stride)
    let layout = depthwiseLayout
    let channels = layout.channelCount
    let rowStride = window.dilation * input.columnStride
    let taps = layout.taps(kernel)
    let weights = unsafe constants.keep(
      WeightPacking.depthwise(layer.weights, layout: layout, taps: taps))
    let offsets = unsafe constants.keep(
      layout.offsets(kernel, columnCount: 1, rowStride: rowStride))
    let shared = unsafe constants.keep(
      layout.offsets(kernel, columnCount: layout.shiftCount, rowStride: rowStride))
    let bias = foldedBias()
    let multipliers = try multipliers()
    var operators: [kws_int8_depthwise] = unsafe []
    for band in 0..<operatorCount {
      func parameters<Value: ExpressibleByIntegerLiteral>(_ values: [Value]) -> [Value] {
        WeightPacking.depthwiseParameters(
          operatorCount == 1 ? values : slice(values, band), layout: layout)
      }
      unsafe operators.append(
        kws_int8_depthwise(
          weights: weights, bias: constants.keep(parameters(bias)), tap_offsets: offsets,
          shared_tap_offsets: shared, tap_count: Int32(taps[0].count),
          shift_count: Int32(layout.shiftCount),
          run_length: Int32(layout.isOneRun ? operatorBinCount * channels : channels),
          run_count: Int32(layout.isOneRun ? 1 : operatorBinCount),
          weight_block_count: Int32(layout.weightBlockCount),
          parameter_block_count: Int32(layout.parameterBlockCount),
          column_stride: stride.time * input.columnStride,
          run_stride: stride.frequency * channels,
          output_column_stride: output?.columnStride ?? 0,
          residual_column_stride: residual?.columnStride ?? 0,
          requantization: try requantization(constants.keep(parameters(multipliers)))))
    }
    return unsafe operators
  }
}
