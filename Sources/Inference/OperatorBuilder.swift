// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import ModelFormat

/// Turns one layer of the model into the operator that a kernel reads.
struct OperatorBuilder {
  let model: QuantizedModel
  let geometry: LayerGeometry
  let arena: ArenaPlan
  let layer: QuantizedLayer
  let name: String
  let inputTensor: Int
  let residualTensor: Int
  let outputTensor: Int

  init(model: QuantizedModel, geometry: LayerGeometry, index: Int, arena: ArenaPlan) {
    self.model = model
    self.geometry = geometry
    self.arena = arena
    layer = model.layers[index]
    name = geometry.layer.name
    inputTensor = arena.inputTensor(of: geometry)
    residualTensor = geometry.residualIndex.map { arena.outputTensor[$0] } ?? -1
    outputTensor = arena.outputTensor[index]
  }

  private var input: TensorPlan { arena.tensors[inputTensor] }
  private var output: TensorPlan? { outputTensor < 0 ? nil : arena.tensors[outputTensor] }
  private var residual: TensorPlan? { residualTensor < 0 ? nil : arena.tensors[residualTensor] }

  /// Kernel and stride; those of a dense layer are 1.
  private var window: Window {
    geometry.window ?? Window(kernel: Extent(time: 1, frequency: 1))
  }

  var step: LayerStep {
    let kind: LayerStep.Kind =
      switch geometry.layer.operation {
      case .depthwise: .depthwise
      case .averagePool: .averagePool
      case .frequencyAverage, .sum: fatalError()
      case .convolution, .dense, .frequencyToChannels: output == nil ? .logits : .convolution
      }
    // The pool's kernel looks back by itself; other windows start at their oldest tap.
    let lookBack = kind == .averagePool ? 0 : geometry.historyCount
    return LayerStep(
      kind: kind, operation: 0, input: inputTensor, residual: residualTensor,
      output: outputTensor, stride: window.stride.time,
      clock: output?.clock ?? arena.clock(ofStride: geometry.timeStride) ?? 0,
      inputOffset: input.centre - window.lowPadding * geometry.input.channelCount
        - lookBack * input.columnStride,
      residualOffset: residual?.centre ?? 0, outputOffset: output?.centre ?? 0, sumOffset: 0)
  }

  func convolution(_ constants: inout ConstantPool) throws(InferenceError) -> kws_int8_convolution {
    let (kernel, stride, dilation) = (window.kernel, window.stride, window.dilation)
    var tapCount = kernel.time
    var runLength = kernel.frequency * geometry.input.channelCount
    let tapStride = dilation * input.columnStride
    if tapStride == runLength {
      // Taps that lie side by side are one run: the usual case of one frequency.
      runLength *= tapCount
      tapCount = 1
    }
    let outputCount = geometry.output.channelCount
    let weights = WeightPacking.convolution(
      layer.weights, outputCount: outputCount, tapCount: tapCount, runLength: runLength)
    let multipliers = try multipliers()
    return unsafe kws_int8_convolution(
      weights: constants.keep(weights),
      bias: constants.keep(WeightPacking.parameters(foldedBias())),
      tap_count: Int32(tapCount), run_length: Int32(runLength), tap_stride: tapStride,
      column_stride: stride.time * input.columnStride,
      bin_stride: stride.frequency * geometry.input.channelCount,
      bin_count: Int32(geometry.output.frequencyCount), output_count: Int32(outputCount),
      output_column_stride: output?.columnStride ?? 0,
      residual_column_stride: residual?.columnStride ?? 0,
      requantization: try requantization(
        constants.keep(WeightPacking.parameters(multipliers))))
  }

  func depthwise(_ constants: inout ConstantPool) throws(InferenceError) -> kws_int8_depthwise {
    let (kernel, stride, dilation) = (window.kernel, window.stride, window.dilation)
    let channels = geometry.input.channelCount
    let tapCount = kernel.time * kernel.frequency
    var offsets: [Int32] = []
    for time in 0..<kernel.time {
      for frequency in 0..<kernel.frequency {
        offsets.append(Int32(time * dilation * input.columnStride + frequency * channels))
      }
    }
    while offsets.count % 4 != 0 { offsets.append(offsets[offsets.count - 1]) }
    let weights = WeightPacking.depthwise(
      layer.weights, channelCount: channels, tapCount: tapCount)
    let multipliers = try multipliers()
    return unsafe kws_int8_depthwise(
      weights: constants.keep(weights),
      bias: constants.keep(WeightPacking.depthwiseParameters(foldedBias())),
      tap_offsets: constants.keep(offsets), tap_count: Int32(tapCount),
      channel_count: Int32(channels), column_stride: stride.time * input.columnStride,
      bin_stride: stride.frequency * channels,
      bin_count: Int32(geometry.output.frequencyCount),
      output_column_stride: output?.columnStride ?? 0,
      residual_column_stride: residual?.columnStride ?? 0,
      requantization: try requantization(
        constants.keep(WeightPacking.depthwiseParameters(multipliers))))
  }

  func averagePool() throws(InferenceError) -> kws_int8_average_pool {
    let count = geometry.input.frequencyCount * geometry.poolLength
    let quantization = output?.quantization ?? input.quantization
    let multiplier = try checked(
      "mean", 0,
      Rescaling.meanMultiplier(
        input: input.quantization.scale, count: count, output: quantization.scale))
    let bounds = Rescaling.bounds(quantization, .none)
    return kws_int8_average_pool(
      length: Int32(geometry.poolLength), bin_count: Int32(geometry.input.frequencyCount),
      channel_count: Int32(geometry.input.channelCount),
      zero_sum: Int32(count * input.quantization.zeroPoint), multiplier: multiplier,
      lower: bounds.lowerBound, upper: bounds.upperBound,
      output_zero_point: Int32(quantization.zeroPoint), column_stride: input.columnStride,
      output_column_stride: output?.columnStride ?? 0)
  }

  private func requantization(
    _ multipliers: UnsafePointer<Float>
  ) throws(InferenceError) -> kws_requantization {
    guard let output else {
      return unsafe kws_requantization(
        multipliers: multipliers, residual_multiplier: 0, residual_zero_point: 0,
        output_zero_point: 0, lower: 0, upper: 0)
    }
    let bounds = Rescaling.bounds(output.quantization, geometry.layer.activation)
    var residualMultiplier: Float = 0
    if let residual {
      residualMultiplier = try checked(
        "residual", 0,
        Rescaling.residualMultiplier(
          residual: residual.quantization.scale, output: output.quantization.scale))
    }
    return unsafe kws_requantization(
      multipliers: multipliers, residual_multiplier: residualMultiplier,
      residual_zero_point: Int32(residual?.quantization.zeroPoint ?? 0),
      output_zero_point: Int32(output.quantization.zeroPoint), lower: bounds.lowerBound,
      upper: bounds.upperBound)
  }

  /// One factor per output channel.
  private func multipliers() throws(InferenceError) -> [Float] {
    var values: [Float] = []
    for (channel, weight) in layer.weightScales.enumerated() {
      let scale = input.quantization.scale
      let value =
        output.map {
          Rescaling.multiplier(input: scale, weight: weight, output: $0.quantization.scale)
        } ?? Rescaling.logitMultiplier(input: scale, weight: weight)
      values.append(try checked("multiplier", channel, value))
    }
    return values
  }

  private func checked(
    _ field: String, _ index: Int, _ value: Float
  ) throws(InferenceError) -> Float {
    guard abs(value) <= ModelValidation.largestMultiplier else {
      throw .scale(layer: name, field: field, index: index, found: value)
    }
    return value
  }

  /// `bias[c] - zeroPoint * sum of the weights of c`; within 32 bits by the check at load.
  private func foldedBias() -> [Int32] {
    let channels = layer.bias.count
    var sums = [Int](repeating: 0, count: channels)
    let perChannel = layer.weights.count / channels
    let isDepthwise = step.kind == .depthwise
    for (index, weight) in layer.weights.enumerated() {
      sums[isDepthwise ? index % channels : index / perChannel] += Int(weight)
    }
    return sums.indices.map { channel in
      Int32(Int(layer.bias[channel]) - input.quantization.zeroPoint * sums[channel])
    }
  }
}
