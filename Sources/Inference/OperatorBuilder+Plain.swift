// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import ModelFormat

/// Operators of layers without weights.
extension OperatorBuilder {
  func averagePool() throws(InferenceError) -> kws_int8_average_pool {
    let mean = try mean(count: geometry.input.frequencyCount * geometry.poolLength)
    return kws_int8_average_pool(
      length: Int32(geometry.poolLength), bin_count: Int32(geometry.input.frequencyCount),
      channel_count: Int32(geometry.input.channelCount), zero_sum: mean.zeroSum,
      multiplier: mean.multiplier, lower: mean.bounds.lowerBound, upper: mean.bounds.upperBound,
      output_zero_point: mean.zeroPoint, column_stride: input.columnStride,
      output_column_stride: output?.columnStride ?? 0)
  }

  func frequencyAverage() throws(InferenceError) -> kws_int8_frequency_average {
    let mean = try mean(count: geometry.input.frequencyCount)
    return kws_int8_frequency_average(
      bin_count: Int32(geometry.input.frequencyCount),
      channel_count: Int32(geometry.input.channelCount), zero_sum: mean.zeroSum,
      multiplier: mean.multiplier, lower: mean.bounds.lowerBound, upper: mean.bounds.upperBound,
      output_zero_point: mean.zeroPoint, column_stride: input.columnStride,
      output_column_stride: output?.columnStride ?? 0)
  }

  /// How the sum of `count` values becomes their mean.
  private func mean(
    count: Int
  ) throws(InferenceError) -> (
    zeroSum: Int32, multiplier: Float, bounds: ClosedRange<Float>, zeroPoint: Int32
  ) {
    let quantization = output?.quantization ?? input.quantization
    let multiplier = try checked(
      "mean", 0,
      Rescaling.meanMultiplier(
        input: input.quantization.scale, count: count, output: quantization.scale))
    return (
      Int32(count * input.quantization.zeroPoint), multiplier,
      Rescaling.bounds(quantization, .none), Int32(quantization.zeroPoint)
    )
  }

  /// The tensors that a sum adds, the input first, and the bytes from the start of a column of each
  /// to its first bin.
  var terms: [SumTerm] {
    ([inputTensor] + geometry.addendIndices.map { arena.outputTensor[$0] }).map {
      SumTerm(tensor: $0, offset: arena.tensors[$0].centre)
    }
  }

  func sum(_ constants: inout ConstantPool) throws(InferenceError) -> kws_int8_sum {
    let shape = geometry.output
    let isWhole = terms.map { arena.tensors[$0.tensor].shape.count == shape.count }
    // Where every term has every bin, a column is one run.
    let runCount = isWhole.allSatisfy { $0 } ? 1 : shape.frequencyCount
    let runLength = shape.count / runCount
    var operands: [kws_int8_term] = []
    for (index, term) in terms.enumerated() {
      let tensor = arena.tensors[term.tensor]
      let multiplier = try checked(
        "addend", index,
        Rescaling.additionMultiplier(added: tensor.quantization.scale, unit: unit))
      operands.append(
        kws_int8_term(
          multiplier: multiplier, zero_point: Int32(tensor.quantization.zeroPoint),
          column_stride: tensor.columnStride, run_stride: isWhole[index] ? runLength : 0))
    }
    return unsafe kws_int8_sum(
      terms: constants.keep(operands), term_count: Int32(operands.count),
      run_count: Int32(runCount), run_length: Int32(runLength),
      output_column_stride: output?.columnStride ?? 0, requantization: try requantization(nil))
  }
}
