// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat

extension Network {
  /// The first stream word of every draw of an initialization ("INIT").
  private static let stream: UInt32 = 0x494E_4954

  /// Convolutions: normal with variance 2 / fan-out, where the fan of a depthwise kernel is that
  /// kernel alone (He et al., "Delving deep into rectifiers", 2015). Dense: uniform within
  /// 1 / sqrt(fan-in), weights and bias. Other biases and shifts 0, scales 1.
  func initialize(seed: UInt64) {
    for (index, stage) in stages.enumerated() {
      stage.initialize(
        from: CounterBasedGenerator(seed: seed, stream: Self.stream, UInt32(index)))
    }
  }

  /// The same for layers whose weights are new in the store, with draws that depend on the layer's
  /// name alone: not on the network that happens to bring the layer first.
  func initializeNew(in parameters: ParameterStore) {
    for stage in stages {
      guard let weight = stage.operation?.weight, parameters.takeNew(weight) else { continue }
      let name = Self.hash(stage.geometry.layer.name)
      stage.initialize(
        from: CounterBasedGenerator(
          seed: parameters.seed, stream: Self.namedStream, UInt32(truncatingIfNeeded: name),
          UInt32(truncatingIfNeeded: name >> 32)))
    }
  }

  /// The first stream word of the draws of layers that go by name ("NAME").
  private static let namedStream: UInt32 = 0x4E41_4D45

  /// FNV-1a, 64 bits.
  private static func hash(_ name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}

extension LayerStage {
  fileprivate func initialize(from generator: CounterBasedGenerator) {
    guard let weight = operation?.weight else { return }
    var generator = generator
    switch geometry.layer.operation {
    case .convolution(let outputCount, let window):
      let fan = window.kernel.count * outputCount
      weight.value.fillNormal(deviation: (2 / Float(fan)).squareRoot(), from: &generator)
    case .depthwise(let window):
      let fan = window.kernel.count
      weight.value.fillNormal(deviation: (2 / Float(fan)).squareRoot(), from: &generator)
    case .dense:
      let bound = 1 / Float(geometry.input.channelCount).squareRoot()
      weight.value.fillUniform(bound: bound, from: &generator)
      bias?.value.fillUniform(bound: bound, from: &generator)
    case .frequencyToChannels, .frequencyAverage, .averagePool, .sum: break
    }
  }
}

extension SharedBuffer<Float> {
  fileprivate func fillNormal(deviation: Float, from generator: inout CounterBasedGenerator) {
    var span = mutableSpan
    for index in 0..<count { span[index] = deviation * generator.nextNormal() }
  }

  fileprivate func fillUniform(bound: Float, from generator: inout CounterBasedGenerator) {
    var span = mutableSpan
    for index in 0..<count { span[index] = bound * (2 * generator.nextUniform() - 1) }
  }
}
