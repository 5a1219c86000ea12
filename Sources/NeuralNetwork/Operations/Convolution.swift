// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// A convolution in which every output channel sees every input channel; with a kernel of one
/// column and one bin, a pointwise or a dense layer.
///
/// Each output row is a product of a run of input floats with the weights, so the whole layer is a
/// matrix product whose left side has overlapping rows: nothing is copied or unfolded.
final class Convolution: LinearOperation {
  private let weights: Parameter
  private let levels: WeightGrid
  private let geometry: WindowGeometry
  /// Weights `[time, output, frequency, input]`, for the gradient of the input.
  private let transposed: SharedBuffer<Float>

  var weight: Parameter? { weights }
  var grid: WeightGrid? { levels }

  init(layer: String, weights: Parameter, geometry: WindowGeometry) {
    self.weights = weights
    levels = WeightGrid(weights, layer: layer)
    self.geometry = geometry
    transposed = SharedBuffer(zeroed: weights.count)
  }

  func prepare(forTraining: Bool) {
    levels.prepare()
    guard forTraining else { return }
    let source = unsafe levels.values.unsafeBase
    let target = unsafe transposed.unsafeBase
    let outputCount = geometry.output.channelCount
    let tapCount = geometry.kernel.frequency * geometry.input.channelCount
    for time in 0..<geometry.kernel.time {
      let base = time * tapCount * outputCount
      for output in 0..<outputCount {
        for tap in 0..<tapCount {
          unsafe target[base + output * tapCount + tap] = source[base + tap * outputCount + output]
        }
      }
    }
  }

  /// A pointwise layer does not know where a clip ends: few columns of many clips are then as fast
  /// as many of few.
  private var crossesClips: Bool { geometry.isUniform && geometry.kernel.time == 1 }

  func forward(input: ClipSpan, output: ClipSpan) {
    if crossesClips, let x = unsafe input.joined(columnSize: geometry.inputColumn),
      let z = unsafe output.joined(columnSize: geometry.outputColumn)
    {
      unsafe multiply(x, into: z)
    } else {
      unsafe multiply(input, into: output)
    }
  }

  private func multiply(_ input: ClipSpan, into output: ClipSpan) {
    let inputCount = geometry.input.channelCount
    let outputCount = geometry.output.channelCount
    let tapSize = geometry.kernel.frequency * inputCount * outputCount
    for clip in unsafe 0..<input.clipCount {
      let x = unsafe input.start(clip) + geometry.firstColumn * geometry.inputColumn
      if geometry.isUniform {
        var product = unsafe kws_product(
          rows: output.timeCount * geometry.output.frequencyCount, columns: outputCount,
          depth: inputCount, blocks: geometry.kernel.time, a: x, a_row: inputCount, a_depth: 1,
          a_block: geometry.tapStride, b: levels.values.unsafeBase, b_depth: outputCount,
          b_block: tapSize, c: output.start(clip), c_row: outputCount, accumulate: false)
        unsafe coalesce(&product)
        unsafe Kernels.best.product(&product)
        continue
      }
      for bin in 0..<geometry.output.frequencyCount {
        let taps = geometry.frequencyTaps(bin)
        let offset = geometry.inputBin(bin, tap: taps.lowerBound) * inputCount
        var product = unsafe kws_product(
          rows: output.timeCount, columns: outputCount, depth: taps.count * inputCount,
          blocks: geometry.kernel.time, a: x + offset,
          a_row: geometry.stride.time * geometry.inputColumn, a_depth: 1,
          a_block: geometry.tapStride,
          b: levels.values.unsafeBase + taps.lowerBound * inputCount * outputCount,
          b_depth: outputCount, b_block: tapSize, c: output.start(clip) + bin * outputCount,
          c_row: geometry.outputColumn, accumulate: false)
        unsafe coalesce(&product)
        unsafe Kernels.best.product(&product)
      }
    }
  }

  /// Where consecutive time taps are neighbours in memory, on both sides, they are one long depth.
  private func coalesce(_ product: inout kws_product) {
    let depth = unsafe Int(product.depth)
    guard unsafe product.a_block == depth, unsafe product.b_block == depth * product.b_depth
    else { return }
    unsafe product.depth *= product.blocks
    unsafe product.blocks = 1
  }

  func backward(
    input: ClipSpan, gradient: ClipSpan, inputGradient: ClipSpan?, accumulate: Bool,
    weightGradient: UnsafeMutablePointer<Float>?, addsWeights: Bool
  ) {
    if let weightGradient = unsafe weightGradient {
      unsafe self.weightGradient(input, gradient, weightGradient, accumulate: addsWeights)
    }
    guard let inputGradient = unsafe inputGradient else { return }
    if crossesClips, let d = unsafe gradient.joined(columnSize: geometry.outputColumn),
      let target = unsafe inputGradient.joined(columnSize: geometry.inputColumn)
    {
      unsafe gatherInputGradient(d, target, accumulate: accumulate)
    } else if geometry.isUniform {
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
    let inputCount = geometry.input.channelCount
    let outputCount = geometry.output.channelCount
    let tapSize = geometry.kernel.frequency * inputCount * outputCount
    let x = unsafe input.base + geometry.firstColumn * geometry.inputColumn
    let d = unsafe gradient.base
    // With one frequency and no dilation all time taps are one run of rows.
    let joined =
      geometry.input.frequencyCount == 1 && geometry.dilation == 1
      && geometry.kernel.frequency == 1
    let tapCount = joined ? 1 : geometry.kernel.time
    let uniform = geometry.isUniform
    // Bins at the edges do not reach every tap, so several bins add to a gradient that starts at 0.
    if !uniform && !accumulate {
      unsafe target.update(repeating: 0, count: weights.count)
    }
    for bin in 0..<(uniform ? 1 : geometry.output.frequencyCount) {
      let taps = geometry.frequencyTaps(bin)
      let first = uniform ? 0 : geometry.inputBin(bin, tap: taps.lowerBound)
      for time in 0..<tapCount {
        var product = unsafe kws_product(
          rows: (joined ? geometry.kernel.time : 1) * taps.count * inputCount,
          columns: outputCount,
          depth: gradient.timeCount * (uniform ? geometry.output.frequencyCount : 1),
          blocks: input.clipCount, a: x + time * geometry.tapStride + first * inputCount, a_row: 1,
          a_depth: uniform ? inputCount : geometry.stride.time * geometry.inputColumn,
          a_block: input.clipStride, b: d + bin * outputCount,
          b_depth: uniform ? outputCount : geometry.outputColumn, b_block: gradient.clipStride,
          c: target + time * tapSize + taps.lowerBound * inputCount * outputCount,
          c_row: outputCount, accumulate: accumulate || !uniform)
        unsafe Kernels.best.product(&product)
      }
    }
  }

  /// Without strides the input's gradient is itself a product over the output's gradient, whose
  /// zero columns behind the clip stand for outputs that are not there.
  private func gatherInputGradient(
    _ gradient: ClipSpan, _ inputGradient: ClipSpan, accumulate: Bool
  ) {
    let inputCount = geometry.input.channelCount
    let outputCount = geometry.output.channelCount
    let tapSize = inputCount * outputCount
    for clip in unsafe 0..<gradient.clipCount {
      var product = unsafe kws_product(
        rows: inputGradient.timeCount * geometry.input.frequencyCount, columns: inputCount,
        depth: outputCount, blocks: geometry.kernel.time, a: gradient.start(clip),
        a_row: outputCount, a_depth: 1, a_block: geometry.dilation * geometry.outputColumn,
        b: transposed.unsafeBase + (geometry.kernel.time - 1) * tapSize, b_depth: inputCount,
        b_block: -tapSize, c: inputGradient.start(clip), c_row: inputCount,
        accumulate: accumulate)
      unsafe Kernels.best.product(&product)
    }
  }

  private func scatterInputGradient(_ gradient: ClipSpan, _ inputGradient: ClipSpan) {
    let inputCount = geometry.input.channelCount
    let outputCount = geometry.output.channelCount
    let rowSize = geometry.kernel.frequency * inputCount
    let columnCount = unsafe gradient.timeCount
    for clip in unsafe 0..<gradient.clipCount {
      for bin in 0..<geometry.output.frequencyCount {
        let taps = geometry.frequencyTaps(bin)
        let first = geometry.inputBin(bin, tap: taps.lowerBound) * inputCount
        for time in 0..<geometry.kernel.time {
          let skipped = geometry.firstOutput(tap: time)
          guard skipped < columnCount else { continue }
          let column =
            geometry.firstColumn + time * geometry.dilation + skipped * geometry.stride.time
          var product = unsafe kws_product(
            rows: columnCount - skipped, columns: taps.count * inputCount,
            depth: outputCount, blocks: 1,
            a: gradient.start(clip) + skipped * geometry.outputColumn + bin * outputCount,
            a_row: geometry.outputColumn, a_depth: 1, a_block: 0,
            b: transposed.unsafeBase + time * outputCount * rowSize
              + taps.lowerBound * inputCount, b_depth: rowSize, b_block: 0,
            c: inputGradient.start(clip) + column * geometry.inputColumn + first,
            c_row: geometry.stride.time * geometry.inputColumn, accumulate: true)
          unsafe Kernels.best.product(&product)
        }
      }
    }
  }
}
