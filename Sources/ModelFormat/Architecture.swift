// SPDX-License-Identifier: GPL-3.0-or-later

/// A streamable network as data: a list of layers, each fed by the one before it unless it names
/// another.
///
/// Every tensor is `[time, frequency, channel]`. Along time every layer is causal; along frequency see
/// `FrequencyPadding`. The input is one feature frame per time step: frequency is the coefficient,
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

/// One layer: `activation(dropout(normalization(operation(input))) + residual)`.
package struct Layer: Codable, Equatable, Sendable {
  /// Unique within the architecture; the first part of its tensors' names. Not `input`, nor what a
  /// checkpoint names its own tensors with: `normalization`, `optimizer`, `history`, `state`,
  /// `quantization`, alone or before a dot.
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

  /// In training, the probability that a channel of a clip is set to zero, the others being scaled
  /// up to keep the mean; nil for none. Only on layers with weights and without normalization.
  package var dropout: Float?

  package init(
    name: String, input: String? = nil, operation: Operation,
    normalization: Normalization = .none, residual: String? = nil, activation: Activation = .none,
    dropout: Float? = nil
  ) {
    self.name = name
    self.input = input
    self.operation = operation
    self.normalization = normalization
    self.residual = residual
    self.activation = activation
    self.dropout = dropout
  }
}

/// A pair along time and frequency.
package struct Extent: Codable, Equatable, Sendable {
  package var time: Int
  package var frequency: Int

  /// Values of a kernel of this size.
  package var count: Int { time * frequency }

  package init(time: Int, frequency: Int) {
    self.time = time
    self.frequency = frequency
  }
}

/// The linear part of a layer.
package enum Operation: Equatable, Sendable {
  /// Every output channel sees every input channel. Weights `[time, frequency, input, output]`.
  case convolution(outputChannelCount: Int, window: Window)

  /// Every channel by itself. Weights `[time, frequency, channel]`.
  case depthwise(window: Window)

  /// Frequency and channel become channels of one frequency: no operation in memory.
  case frequencyToChannels

  /// The mean over all frequencies of every column: one frequency.
  case frequencyAverage

  /// The mean over all frequencies and the last window: a running mean along time.
  case averagePool

  /// The sum of the input and of earlier layers' outputs, each of the input's shape or of one
  /// frequency, which then is added to all: the broadcast of BC-ResNet (arXiv 2106.04140).
  case sum(with: [String])

  /// Fully connected, on one frequency. Weights `[input, output]`, always with bias.
  case dense(outputCount: Int)
}

/// What a convolution sees of its input for one output value.
package struct Window: Equatable, Sendable {
  package var kernel: Extent
  package var stride: Extent

  /// Columns from one tap along time to the next.
  package var dilation: Int

  package var padding: FrequencyPadding

  package init(
    kernel: Extent, stride: Extent = Extent(time: 1, frequency: 1), dilation: Int = 1,
    padding: FrequencyPadding = .same
  ) {
    self.kernel = kernel
    self.stride = stride
    self.dilation = dilation
    self.padding = padding
  }

  /// Zeros on the low side of the frequency axis.
  package var lowPadding: Int {
    switch padding {
    case .same: (kernel.frequency - 1) / 2
    case .none: 0
    }
  }
}

/// How a window treats the ends of the frequency axis.
package enum FrequencyPadding: String, Codable, Sendable {
  /// `ceil(F / stride)` outputs: `(kernel - 1) / 2` zeros on the low side, on the high side as many
  /// as are needed.
  case same

  /// No zeros: `(F - kernel) / stride + 1` outputs.
  case none
}

/// What follows the operation of a layer.
package enum Normalization: Equatable, Sendable {
  /// Nothing; the operation then has a bias.
  case none

  /// Batch normalization per channel; the operation then has no bias.
  case batch

  /// Batch normalization per channel and band, with the frequencies cut into so many bands of equal
  /// width: SubSpectralNorm (Chang et al., arXiv 2103.13620).
  case subSpectral(bandCount: Int)

  /// Added to the variance under the root.
  package static let batchEpsilon: Float = 1e-5

  /// Bands of frequencies with statistics of their own; 0 without normalization.
  package var bandCount: Int {
    switch self {
    case .none: 0
    case .batch: 1
    case .subSpectral(let bandCount): bandCount
    }
  }
}

/// The function applied last in a layer.
package enum Activation: String, Codable, Equatable, Sendable {
  case none, relu, relu6

  /// `x * relu6(x + 3) / 6`, the hard form of Swish (Howard et al., arXiv 1905.02244).
  case hardSwish
}
