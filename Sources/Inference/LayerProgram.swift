// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// One layer to be executed.
struct LayerStep {
  enum Kind { case convolution, depthwise, averagePool, frequencyAverage, sum, logits }

  /// The layer's name.
  var name: String

  var kind: Kind

  /// Index into the operators of that kind.
  var operation: Int

  /// Tensors; `residual` is -1 for none, `output` for logits.
  var input: Int
  var residual: Int
  var output: Int

  /// Input columns per output column.
  var stride: Int

  /// Index of the output's time stride.
  var clock: Int

  /// Bytes from the start of the newest input column to the first tap.
  var inputOffset: Int

  /// Bytes from the start of a column to its first bin.
  var residualOffset: Int
  var outputOffset: Int

  /// First of the running sums of an average pool.
  var sumOffset: Int

  /// Whether the layer comes after an average pool, see `LayerGeometry.followsPool`.
  var followsPool: Bool

  /// The terms of a sum among `LayerProgram.terms`.
  var terms = 0..<0
}

/// A tensor that a sum adds, and the bytes from the start of its column to its first bin.
struct SumTerm {
  var tensor: Int
  var offset: Int
}

/// The layers as the kernels read them: operators with pointers into packed constants.
@safe struct LayerProgram {
  private(set) var steps: [LayerStep] = []

  /// Running sums of all average pools.
  private(set) var sumCount = 0

  /// The terms of all sums.
  private(set) var terms: [SumTerm] = []

  /// Index of the logits' time stride.
  private(set) var logitClock = 0

  let input: SharedBuffer<kws_int8_input>
  let convolutions: SharedBuffer<kws_int8_convolution>
  let depthwises: SharedBuffer<kws_int8_depthwise>
  let averagePools: SharedBuffer<kws_int8_average_pool>
  let frequencyAverages: SharedBuffer<kws_int8_frequency_average>
  let sums: SharedBuffer<kws_int8_sum>

  /// The buffers that the operators point into.
  private let constants: ConstantPool

  init(
    model: QuantizedModel, geometry: [LayerGeometry], arena: ArenaPlan
  ) throws(InferenceError) {
    var constants = ConstantPool()
    var convolutions: [kws_int8_convolution] = unsafe []
    var depthwises: [kws_int8_depthwise] = unsafe []
    var averagePools: [kws_int8_average_pool] = []
    var frequencyAverages: [kws_int8_frequency_average] = []
    var sums: [kws_int8_sum] = unsafe []
    for (index, layer) in geometry.enumerated() {
      let builder = OperatorBuilder(model: model, geometry: layer, index: index, arena: arena)
      var step = builder.step(band: 0)
      switch layer.layer.operation {
      case .frequencyToChannels: continue
      case .depthwise where builder.isDepthwise:
        step.operation = unsafe depthwises.count
        unsafe depthwises += try builder.depthwises(&constants)
      case .convolution, .depthwise, .dense:
        step.operation = unsafe convolutions.count
        unsafe convolutions += try builder.convolutions(&constants)
      case .frequencyAverage:
        step.operation = frequencyAverages.count
        frequencyAverages.append(try builder.frequencyAverage())
      case .sum:
        step.operation = unsafe sums.count
        let first = terms.count
        terms += builder.terms
        step.terms = first..<terms.count
        unsafe sums.append(try builder.sum(&constants))
      case .averagePool:
        step.operation = averagePools.count
        step.sumOffset = sumCount
        sumCount += layer.output.channelCount
        averagePools.append(try builder.averagePool())
      }
      if step.kind == .logits { logitClock = step.clock }
      steps.append(step)
      for band in 1..<builder.operatorCount {
        var next = builder.step(band: band)
        next.operation = step.operation + band
        steps.append(next)
      }
    }
    unsafe input = SharedBuffer([Self.inputOperator(model, arena, &constants)])
    unsafe self.convolutions = SharedBuffer(convolutions)
    unsafe self.depthwises = SharedBuffer(depthwises)
    self.averagePools = SharedBuffer(averagePools)
    self.frequencyAverages = SharedBuffer(frequencyAverages)
    unsafe self.sums = SharedBuffer(sums)
    self.constants = constants
  }

  private static func inputOperator(
    _ model: QuantizedModel, _ arena: ArenaPlan, _ constants: inout ConstantPool
  ) -> kws_int8_input {
    unsafe kws_int8_input(
      mean: constants.keep(model.normalization.mean),
      scale: constants.keep(model.normalization.scale),
      coefficient_count: Int32(model.architecture.coefficientCount),
      zero_point: Int32(model.input.zeroPoint), step: model.input.scale,
      output_column_stride: arena.tensors[0].columnStride)
  }
}

/// Owns the constants that operators point to.
struct ConstantPool {
  private var bytes: [SharedBuffer<Int8>] = []
  private var words: [SharedBuffer<Int32>] = []
  private var floats: [SharedBuffer<Float>] = []
  private var terms: [SharedBuffer<kws_int8_term>] = []

  mutating func keep(_ values: [Int8]) -> UnsafePointer<Int8> {
    bytes.append(SharedBuffer(values))
    return unsafe UnsafePointer(bytes[bytes.count - 1].unsafeBase)
  }

  mutating func keep(_ values: [Int32]) -> UnsafePointer<Int32> {
    words.append(SharedBuffer(values))
    return unsafe UnsafePointer(words[words.count - 1].unsafeBase)
  }

  mutating func keep(_ values: [Float]) -> UnsafePointer<Float> {
    floats.append(SharedBuffer(values))
    return unsafe UnsafePointer(floats[floats.count - 1].unsafeBase)
  }

  mutating func keep(_ values: [kws_int8_term]) -> UnsafePointer<kws_int8_term> {
    terms.append(SharedBuffer(values))
    return unsafe UnsafePointer(terms[terms.count - 1].unsafeBase)
  }
}
