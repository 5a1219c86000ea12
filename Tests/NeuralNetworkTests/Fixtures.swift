// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import NeuralNetwork

/// A network in which every layer kind and every turn of its code occurs: a two-dimensional kernel
/// with strides, dilation along time, depthwise windows along both axes with and without strides,
/// residuals around one and several layers, biases and normalizations, bands, a broadcast sum, every
/// activation, windows of even width and without padding, odd channel counts.
func everyKindArchitecture() -> Architecture {
  func extent(_ time: Int, _ frequency: Int) -> Extent {
    Extent(time: time, frequency: frequency)
  }
  return Architecture(
    name: "every-kind", coefficientCount: 11, windowFrameCount: 12,
    layers: [
      Layer(
        name: "stem",
        operation: .convolution(
          outputChannelCount: 5, window: Window(kernel: extent(3, 5), stride: extent(1, 2))),
        normalization: .batch, activation: .relu),
      Layer(
        name: "frequency",
        operation: .depthwise(
          window: Window(kernel: extent(1, 3), stride: extent(1, 1), dilation: 1)),
        normalization: .batch, residual: "stem", activation: .relu6),
      Layer(
        name: "mixed",
        operation: .convolution(
          outputChannelCount: 5,
          window: Window(kernel: extent(2, 3), stride: extent(1, 1), dilation: 2)),
        activation: .relu),
      Layer(
        name: "pointwise",
        operation: .convolution(
          outputChannelCount: 5,
          window: Window(kernel: extent(1, 1), stride: extent(1, 1), dilation: 1)),
        normalization: .batch, residual: "frequency"),
      Layer(
        name: "bands",
        operation: .depthwise(window: Window(kernel: extent(1, 4))),
        normalization: .subSpectral(bandCount: 3)),
      Layer(name: "average", operation: .frequencyAverage),
      Layer(
        name: "swish",
        operation: .depthwise(window: Window(kernel: extent(3, 1), dilation: 2)),
        normalization: .batch, activation: .hardSwish),
      Layer(
        name: "gate",
        operation: .convolution(outputChannelCount: 5, window: Window(kernel: extent(1, 1))),
        activation: .hardSwish),
      Layer(
        name: "joined", input: "bands", operation: .sum(with: ["pointwise", "gate"]),
        activation: .relu),
      Layer(
        name: "bare",
        operation: .depthwise(window: Window(kernel: extent(2, 3), padding: .none)),
        normalization: .subSpectral(bandCount: 2), activation: .relu6),
      Layer(
        name: "shifted", operation: .sum(with: ["bare"]), activation: .hardSwish),
      Layer(
        name: "strided",
        operation: .depthwise(
          window: Window(kernel: extent(3, 3), stride: extent(2, 2), dilation: 2))),
      Layer(name: "flat", operation: .frequencyToChannels),
      Layer(
        name: "temporal",
        operation: .convolution(
          outputChannelCount: 7,
          window: Window(kernel: extent(3, 1), stride: extent(1, 1), dilation: 1)),
        normalization: .batch, activation: .relu),
      Layer(
        name: "long",
        operation: .depthwise(
          window: Window(kernel: extent(9, 1), stride: extent(1, 1), dilation: 1))),
      Layer(
        name: "mix",
        operation: .convolution(
          outputChannelCount: 7,
          window: Window(kernel: extent(2, 1), stride: extent(1, 1), dilation: 3)),
        normalization: .batch, residual: "temporal", activation: .relu),
      Layer(name: "pool", operation: .averagePool),
      Layer(name: "hidden", operation: .dense(outputCount: 6), activation: .relu),
      Layer(name: "head", operation: .dense(outputCount: 4)),
    ])
}

/// Normal features `[clip, frame, coefficient]`.
func randomFeatures(_ count: Int, seed: UInt64) -> SharedBuffer<Float> {
  var generator = CounterBasedGenerator(seed: seed, stream: 77)
  return SharedBuffer((0..<count).map { _ in generator.nextNormal() })
}

/// The elements as an array.
func values(_ buffer: SharedBuffer<Float>, _ count: Int? = nil) -> [Float] {
  let span = buffer.span
  return (0..<(count ?? buffer.count)).map { span[$0] }
}

/// Overwrites the first elements.
func fill(_ buffer: SharedBuffer<Float>, with values: [Float]) {
  var span = buffer.mutableSpan
  for index in values.indices { span[index] = values[index] }
}
