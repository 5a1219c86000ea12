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
      guard let weight = stage.operation?.weight else { continue }
      var generator = CounterBasedGenerator(
        seed: seed, stream: Self.stream, UInt32(index))
      switch stage.geometry.layer.operation {
      case .convolution(let outputCount, let window):
        let fan = window.kernel.count * outputCount
        weight.value.fillNormal(deviation: (2 / Float(fan)).squareRoot(), from: &generator)
      case .depthwise(let window):
        let fan = window.kernel.count
        weight.value.fillNormal(deviation: (2 / Float(fan)).squareRoot(), from: &generator)
      case .dense:
        let bound = 1 / Float(stage.geometry.input.channelCount).squareRoot()
        weight.value.fillUniform(bound: bound, from: &generator)
        stage.bias?.value.fillUniform(bound: bound, from: &generator)
      case .frequencyToChannels, .frequencyAverage, .averagePool, .sum: break
      }
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
