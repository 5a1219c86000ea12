// SPDX-License-Identifier: GPL-3.0-or-later

/// A streamable network as data: a list of layers, each fed by the one before it unless it names
/// another.
///
/// Every tensor is `[time, frequency, channel]`. Along time every layer is causal, along frequency
/// padding is 'same'. The input is one feature frame per time step: frequency is the coefficient,
/// with one channel.
package struct Architecture: Codable, Equatable, Sendable {
  /// A name for people, such as `temporal-64`.
  package var name: String

  /// Feature coefficients per frame, the frequency extent of the input.
  package var coefficientCount: Int

  /// Frames of the window that the network sees, about one second; the running mean's length.
  package var windowFrameCount: Int

  /// The layers in order of execution.
  package var layers: [Layer]

  package init(name: String, coefficientCount: Int, windowFrameCount: Int, layers: [Layer]) {
    self.name = name
    self.coefficientCount = coefficientCount
    self.windowFrameCount = windowFrameCount
    self.layers = layers
  }
}

/// One layer: `activation(normalization(operation(input)) + residual)`.
package struct Layer: Codable, Equatable, Sendable {
  /// Unique within the architecture; the first part of its tensors' names. Not `input`, nor
  /// what a checkpoint names its own tensors with: `normalization`, `optimizer`, `history`, `state`,
  /// alone or before a dot.
  package var name: String

  /// The layer whose output is read, `input` for the features, or nil for the layer before.
  package var input: String?

  /// What is computed.
  package var operation: Operation

  /// What follows the operation.
  package var normalization: Normalization

  /// The earlier layer whose output, of the same shape, is added after normalization.
  package var residual: String?

  /// The function applied last.
  package var activation: Activation

  package init(
    name: String, input: String? = nil, operation: Operation,
    normalization: Normalization = .none, residual: String? = nil, activation: Activation = .none
  ) {
    self.name = name
    self.input = input
    self.operation = operation
    self.normalization = normalization
    self.residual = residual
    self.activation = activation
  }
}

/// A pair along time and frequency.
package struct Extent: Codable, Equatable, Sendable {
  package var time: Int
  package var frequency: Int

  package init(time: Int, frequency: Int) {
    self.time = time
    self.frequency = frequency
  }
}

/// The linear part of a layer.
package enum Operation: Equatable, Sendable {
  /// Every output channel sees every input channel. Weights `[time, frequency, input, output]`.
  case convolution(outputChannelCount: Int, kernel: Extent, stride: Extent, dilation: Int)

  /// Every channel by itself. Weights `[time, frequency, channel]`.
  case depthwise(kernel: Extent, stride: Extent, dilation: Int)

  /// Frequency and channel become channels of one frequency: no operation in memory.
  case frequencyToChannels

  /// The mean over all frequencies and the last window: a running mean along time.
  case averagePool

  /// Fully connected, on one frequency. Weights `[input, output]`, always with bias.
  case dense(outputCount: Int)
}

/// What follows the operation of a layer.
package enum Normalization: String, Codable, Equatable, Sendable {
  /// Nothing; the operation then has a bias.
  case none

  /// Batch normalization per channel; the operation then has no bias.
  case batch

  /// Added to the variance under the root.
  package static let batchEpsilon: Float = 1e-5
}

/// The function applied last in a layer.
package enum Activation: String, Codable, Equatable, Sendable {
  case none, relu, relu6
}
