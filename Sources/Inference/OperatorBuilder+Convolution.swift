// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import ModelFormat

/// Operators of convolutions and dense layers.
extension OperatorBuilder {
  /// One operator per band.
  ///
  /// Neighbouring bins may be computed as one position: its outputs are the outputs of all of them,
  /// its runs reach over the windows of all of them, and where a window of one does not reach the
  /// weights are zero. So outputs fill vectors where channels are few, and so do the windows of stems.
  func convolutions(
    _ constants: inout ConstantPool
  ) throws(InferenceError) -> [kws_int8_convolution] {
    let (stride, dilation) = (window.stride, window.dilation)
    let shape = convolutionShape
    let together = shape.binsTogether
    var (tapCount, runLength) = (shape.tapCount, shape.runLength(together))
    let tapStride = dilation * input.columnStride
    if together == 1, tapStride == runLength {
      // Taps that lie side by side are one run: the usual case of one frequency.
      runLength *= tapCount
      tapCount = 1
    }
    let outputCount = geometry.output.channelCount * together
    let weights = unsafe constants.keep(
      WeightPacking.convolution(
        shape.weights(isDiagonal ? diagonalWeights : layer.weights), outputCount: outputCount,
        tapCount: tapCount, runLength: runLength))
    let bias = foldedBias()
    let multipliers = try multipliers()
    var operators: [kws_int8_convolution] = unsafe []
    for band in 0..<operatorCount {
      func parameters<Value: ExpressibleByIntegerLiteral>(_ values: [Value]) -> [Value] {
        let band = slice(values, band)
        return WeightPacking.parameters((0..<together).flatMap { _ in band })
      }
      unsafe operators.append(
        kws_int8_convolution(
          weights: weights, bias: constants.keep(parameters(bias)), tap_count: Int32(tapCount),
          run_length: Int32(runLength), tap_stride: tapStride,
          column_stride: stride.time * input.columnStride,
          bin_stride: together * stride.frequency * geometry.input.channelCount,
          bin_count: Int32(operatorBinCount / together), output_count: Int32(outputCount),
          output_column_stride: output?.columnStride ?? 0,
          residual_column_stride: residual?.columnStride ?? 0,
          requantization: try requantization(constants.keep(parameters(multipliers)))))
    }
    return unsafe operators
  }

  private var convolutionShape: ConvolutionShape {
    ConvolutionShape(
      window: window, inputCount: geometry.input.channelCount,
      outputCount: geometry.output.channelCount, binCount: bandBinCount)
  }

  /// Whether the layer is depthwise and computed as such.
  var isDepthwise: Bool {
    guard case .depthwise = geometry.layer.operation else { return false }
    return !isDiagonal
  }

  /// Whether a depthwise layer is computed as a convolution whose weights between different channels
  /// are zero: with a stride along frequency bins can not share a vector of the depthwise kernel,
  /// and with few channels that costs more than the zeros.
  private var isDiagonal: Bool {
    guard case .depthwise = geometry.layer.operation, !depthwiseLayout.isOneRun else {
      return false
    }
    let shape = convolutionShape
    return shape.cost(shape.binsTogether) < depthwiseLayout.binCost(window)
  }

  /// Depthwise weights `[tap, channel]` as those of a convolution `[output, tap, input]`.
  private var diagonalWeights: [Int8] {
    let channels = geometry.output.channelCount
    let taps = window.kernel.count
    var weights = [Int8](repeating: 0, count: channels * taps * channels)
    for channel in 0..<channels {
      for tap in 0..<taps {
        let row = channel * taps + tap
        weights[row * channels + channel] = layer.weights[tap * channels + channel]
      }
    }
    return weights
  }
}

/// What decides how many bins of a convolution are computed together.
struct ConvolutionShape {
  let window: Window
  let inputCount: Int
  let outputCount: Int

  /// Bins with the same parameters.
  let binCount: Int

  var tapCount: Int { window.kernel.time }

  /// Bytes of one tap along time that the windows of `bins` neighbours cover.
  func runLength(_ bins: Int) -> Int {
    (window.kernel.frequency + (bins - 1) * window.stride.frequency) * inputCount
  }

  /// Instructions per bin, roughly: the products of all blocks of outputs, then rescaling and
  /// storing.
  func cost(_ bins: Int) -> Double {
    let blocks = (bins * outputCount + WeightPacking.outputBlock - 1) / WeightPacking.outputBlock
    let products = tapCount * ((runLength(bins) + 3) / 4) * blocks
    return Double(products + 6 * blocks + 10) / Double(bins)
  }

  /// The number of neighbouring bins that costs least.
  var binsTogether: Int {
    let counts = (1...min(binCount, 16)).filter { binCount % $0 == 0 }
    return counts.min { cost($0) < cost($1) } ?? 1
  }

  /// Weights `[output, tap, run]` of one bin as those of `binsTogether`, zero where a bin's window
  /// does not reach.
  func weights(_ weights: [Int8]) -> [Int8] {
    let bins = binsTogether
    let (narrow, wide) = (runLength(1), runLength(bins))
    let shift = window.stride.frequency * inputCount
    var result = [Int8](repeating: 0, count: bins * outputCount * tapCount * wide)
    for bin in 0..<bins {
      for row in 0..<outputCount * tapCount {
        let target = (bin * outputCount * tapCount + row) * wide + bin * shift
        for k in 0..<narrow { result[target + k] = weights[row * narrow + k] }
      }
    }
    return result
  }
}
