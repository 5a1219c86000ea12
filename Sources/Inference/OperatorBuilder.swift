// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import ModelFormat

/// Turns one layer of the model into the operators that a kernel reads: one, or with
/// SubSpectralNorm one per band of its output's bins. The bands share the weights; each has its own
/// bias and multipliers. Depthwise layers have one operator wherever they can.
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

  var input: TensorPlan { arena.tensors[inputTensor] }
  var output: TensorPlan? { outputTensor < 0 ? nil : arena.tensors[outputTensor] }
  var residual: TensorPlan? { residualTensor < 0 ? nil : arena.tensors[residualTensor] }

  /// Kernel and stride; those of a dense layer are 1.
  var window: Window {
    geometry.window ?? Window(kernel: Extent(time: 1, frequency: 1))
  }

  /// Operators of the layer: one per band of the output's bins where an operator has the parameters
  /// of one band.
  var operatorCount: Int {
    if isDepthwise, depthwiseLayout.isOneRun { return 1 }
    return max(1, geometry.layer.normalization.bandCount)
  }

  /// Bins of the output that have the same parameters.
  var bandBinCount: Int {
    geometry.output.frequencyCount / max(1, geometry.layer.normalization.bandCount)
  }

  /// Bins of the output that one operator computes.
  var operatorBinCount: Int { geometry.output.frequencyCount / operatorCount }

  /// What is executed for one operator: all of the layer, or one band.
  func step(band: Int) -> LayerStep {
    let kind: LayerStep.Kind =
      switch geometry.layer.operation {
      case .depthwise: isDepthwise ? .depthwise : .convolution
      case .averagePool: .averagePool
      case .frequencyAverage: .frequencyAverage
      case .sum: .sum
      case .convolution, .dense, .frequencyToChannels: output == nil ? .logits : .convolution
      }
    // The pool's kernel looks back by itself; other windows start at their oldest tap.
    let lookBack = kind == .averagePool ? 0 : geometry.historyCount
    let firstBin = band * operatorBinCount
    let firstTap = firstBin * window.stride.frequency - window.lowPadding
    let firstValue = firstBin * geometry.output.channelCount
    return LayerStep(
      name: name, kind: kind, operation: 0, input: inputTensor, residual: residualTensor,
      output: outputTensor, stride: window.stride.time,
      clock: output?.clock ?? arena.clock(ofStride: geometry.timeStride) ?? 0,
      inputOffset: input.centre + firstTap * geometry.input.channelCount
        - lookBack * input.columnStride,
      residualOffset: (residual?.centre ?? 0) + firstValue,
      outputOffset: (output?.centre ?? 0) + firstValue, sumOffset: 0,
      followsPool: geometry.followsPool)
  }

  /// The rule by which the layer's sums become its output; without output all zero but for the
  /// multipliers.
  func requantization(
    _ multipliers: UnsafePointer<Float>?
  ) throws(InferenceError) -> kws_requantization {
    guard let output else {
      var rule = unsafe kws_requantization()
      unsafe rule.multipliers = multipliers
      return unsafe rule
    }
    let activation = geometry.layer.activation
    let bounds = Rescaling.bounds(output.quantization, activation)
    var residualMultiplier: Float = 0
    if let residual {
      residualMultiplier = try checked(
        "residual", 0,
        Rescaling.additionMultiplier(added: residual.quantization.scale, unit: unit))
    }
    let hasHardSwish = activation == .hardSwish
    let hardSwish = try checked(
      "hardSwish", 0,
      hasHardSwish ? Rescaling.hardSwishMultiplier(output: output.quantization.scale) : 0)
    return unsafe kws_requantization(
      multipliers: multipliers, residual_multiplier: residualMultiplier,
      residual_zero_point: Int32(residual?.quantization.zeroPoint ?? 0),
      output_zero_point: Int32(output.quantization.zeroPoint), lower: bounds.lowerBound,
      upper: bounds.upperBound, has_hard_swish: hasHardSwish ? 1 : 0, hard_swish: hardSwish)
  }

  /// Real value of one unit of the rescaled sums; real logits are in units of 1.
  var unit: Float {
    output.map { Rescaling.unit($0.quantization, geometry.layer.activation) } ?? 1
  }

  /// One factor per band and output channel.
  func multipliers() throws(InferenceError) -> [Float] {
    var values: [Float] = []
    for (index, weight) in layer.weightScales.enumerated() {
      let value = Rescaling.multiplier(
        input: input.quantization.scale, weight: weight, unit: unit)
      values.append(try checked("multiplier", index, value))
    }
    return values
  }

  /// What one band has of values `[band, channel]`.
  func slice<Value>(_ values: [Value], _ band: Int) -> [Value] {
    let channels = geometry.output.channelCount
    return Array(values[band * channels..<(band + 1) * channels])
  }

  func checked(
    _ field: String, _ index: Int, _ value: Float
  ) throws(InferenceError) -> Float {
    guard abs(value) <= ModelValidation.largestMultiplier else {
      throw .scale(layer: name, field: field, index: index, found: value)
    }
    return value
  }

  /// `bias[band, c] - zeroPoint * sum of the weights of c`; within 32 bits by the check at load.
  func foldedBias() -> [Int32] {
    let channels = geometry.output.channelCount
    var sums = [Int](repeating: 0, count: channels)
    let perChannel = layer.weights.count / channels
    let isPerChannel =
      if case .depthwise = geometry.layer.operation { true } else { false }
    for (index, weight) in layer.weights.enumerated() {
      sums[isPerChannel ? index % channels : index / perChannel] += Int(weight)
    }
    return layer.bias.enumerated().map { index, bias in
      Int32(Int(bias) - input.quantization.zeroPoint * sums[index % channels])
    }
  }
}
