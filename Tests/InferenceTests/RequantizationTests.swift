// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Testing

struct RequantizationTests {
  /// One frame of one coefficient, through a 1x1 convolution of 20 outputs with weight 1 and the
  /// given scales, then a dense layer that picks one output.
  private func model(
    weightScale: Float, output: ActivationQuantization, activation: Activation = .none,
    normalization: Normalization = .none, weight: Int8 = 1, bias: Int32 = 0, channel: Int = 0
  ) throws -> QuantizedModel {
    let one = Extent(time: 1, frequency: 1)
    var generator = SeededGenerator(0)
    var model = try quantizedModel(
      Architecture(
        name: "one", coefficientCount: 1, windowFrameCount: 1,
        layers: [
          Layer(
            name: "a",
            operation: .convolution(
              outputChannelCount: 20, window: Window(kernel: one, stride: one, dilation: 1)),
            normalization: normalization, activation: activation),
          Layer(name: "b", operation: .dense(outputCount: 2)),
        ]), using: &generator)
    model.normalization = FeatureNormalization(mean: [0], scale: [1])
    model.input = ActivationQuantization(scale: 1, zeroPoint: 128)
    model.layers[0].weights = Array(repeating: weight, count: 20)
    model.layers[0].weightScales = Array(repeating: weightScale, count: 20)
    model.layers[0].bias = Array(repeating: bias, count: 20)
    model.layers[0].output = output
    model.layers[1].weights = Array(repeating: 0, count: 40)
    model.layers[1].weights[channel] = 1
    model.layers[1].weightScales = [1 / output.scale / 64, 1]
    model.layers[1].bias = [0, 0]
    return model
  }

  /// The step that the first layer gave, read back through the ratio of the two posteriors.
  private func step(_ model: QuantizedModel, _ feature: Float, _ name: String) throws -> Float {
    let rows = try posteriors(model, [feature], instructionSet: name)
    return (Float(Double(rows[0] / rows[1]).logarithm) * 64).rounded()
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `halves round to even`(name: String) throws {
    let model = try model(
      weightScale: 0.5, output: ActivationQuantization(scale: 1, zeroPoint: 100))
    let cases: [(Float, Float)] = [
      (1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2), (-5, -2), (4, 2), (7, 4),
    ]
    for (feature, expected) in cases { #expect(try step(model, feature, name) == expected) }
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `activations clamp at real 0 and real 6`(name: String) throws {
    let output = ActivationQuantization(scale: 0.25, zeroPoint: 10)
    let relu = try model(weightScale: 0.25, output: output, activation: .relu, channel: 19)
    #expect(try step(relu, -50, name) == 0)
    #expect(try step(relu, 50, name) == 50)
    let relu6 = try model(weightScale: 0.25, output: output, activation: .relu6)
    #expect(try step(relu6, 50, name) == 24)
    #expect(try step(relu6, 23, name) == 23)
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `hard-swish acts on real values`(name: String) throws {
    let output = ActivationQuantization(scale: 1 / 64, zeroPoint: 50)
    let model = try model(weightScale: 0.25, output: output, activation: .hardSwish, channel: 19)
    // Real values x of a quarter of the feature; x * relu6(x + 3) / 6 in steps of 1/64.
    let cases: [(Float, Float)] = [
      (-80, 0), (-12, 0), (-6, -24), (-4, -21), (0, 0), (4, 43), (8, 107), (12, 192), (13, 205),
    ]
    for (feature, expected) in cases { #expect(try step(model, feature, name) == expected) }
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `hard-swish saturates where its product leaves single precision`(name: String) throws {
    let output = ActivationQuantization(scale: 0x1p-60, zeroPoint: 7)
    var model = try model(
      weightScale: 0x1p60, output: output, activation: .hardSwish, weight: 127, bias: 1 << 30)
    model.layers[1].weightScales[0] = 0x1p54
    #expect(try step(model, 127, name) == 248)
    model.layers[0].weights = Array(repeating: -127, count: 20)
    model.layers[0].bias = Array(repeating: -1 << 30, count: 20)
    #expect(try step(model, 127, name) == 0)
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `a scale below 0 turns the sign before rounding and activation`(name: String) throws {
    let output = ActivationQuantization(scale: 1, zeroPoint: 100)
    let bands = Normalization.subSpectral(bandCount: 1)
    let plain = try model(weightScale: -0.5, output: output, normalization: bands)
    let cases: [(Float, Float)] = [(1, 0), (3, -2), (5, -2), (-1, 0), (-3, 2), (-7, 4)]
    for (feature, expected) in cases { #expect(try step(plain, feature, name) == expected) }
    let relu = try model(
      weightScale: -0.5, output: output, activation: .relu, normalization: bands)
    #expect(try step(relu, 9, name) == 0)
    #expect(try step(relu, -9, name) == 4)
  }

  @Test(arguments: InferencePlan.availableInstructionSets)
  func `sums beyond any range saturate`(name: String) throws {
    let output = ActivationQuantization(scale: 1, zeroPoint: 7)
    for (weight, bias, scale): (Int8, Int32, Float) in [
      (127, 1 << 30, 1), (127, 1 << 30, 0x1p59), (1, 1 << 30, 0x1p60),
    ] {
      let high = try model(weightScale: scale, output: output, weight: weight, bias: bias)
      #expect(try step(high, 127, name) == 248)
      let low = try model(weightScale: scale, output: output, weight: -weight, bias: -bias)
      #expect(try step(low, 127, name) == -7)
    }
  }

  @Test func `features that are no numbers give the same bits everywhere`() throws {
    var generator = SeededGenerator(9)
    let model = try quantizedModel(temporalArchitecture(), using: &generator)
    var frames = randomFrames(64, 40, using: &generator)
    for (index, value) in [Float.nan, -.nan, .infinity, -.infinity, 3e38, -3e38].enumerated() {
      for place in 0..<10 { frames[(index * 397 + place * 41) % frames.count] = value }
    }
    let expected = try posteriors(model, frames, instructionSet: "scalar")
    #expect(expected.allSatisfy { $0.isFinite })
    for name in InferencePlan.availableInstructionSets {
      #expect(try posteriors(model, frames, instructionSet: name) == expected)
    }
  }
}

extension Double {
  /// Natural logarithm by Newton's iteration on the series of exp: enough for a test.
  fileprivate var logarithm: Double {
    var exponent = 0.0
    var mantissa = self
    while mantissa > 1.5 { (mantissa, exponent) = (mantissa / 2, exponent + 1) }
    while mantissa < 0.75 { (mantissa, exponent) = (mantissa * 2, exponent - 1) }
    let z = (mantissa - 1) / (mantissa + 1)
    var sum = 0.0
    var power = z
    for k in stride(from: 1, through: 39, by: 2) {
      sum += power / Double(k)
      power *= z * z
    }
    return 2 * sum + exponent * 0.693_147_180_559_945_3
  }
}
