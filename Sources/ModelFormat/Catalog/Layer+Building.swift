// SPDX-License-Identifier: GPL-3.0-or-later

/// Short forms of the layers that the families of networks are made of: batch normalization and no
/// activation unless said.
extension Layer {
  package static func convolution(
    _ name: String, _ outputChannelCount: Int, input: String? = nil, kernel: Extent = .one,
    stride: Extent = .one, normalization: Normalization = .batch, residual: String? = nil,
    activation: Activation = .none, dropout: Float? = nil
  ) -> Layer {
    Layer(
      name: name, input: input,
      operation: .convolution(
        outputChannelCount: outputChannelCount, window: Window(kernel: kernel, stride: stride)),
      normalization: normalization, residual: residual, activation: activation, dropout: dropout)
  }

  package static func depthwise(
    _ name: String, kernel: Extent, stride: Extent = .one, dilation: Int = 1,
    padding: FrequencyPadding = .same, normalization: Normalization = .batch,
    activation: Activation = .none
  ) -> Layer {
    Layer(
      name: name,
      operation: .depthwise(
        window: Window(kernel: kernel, stride: stride, dilation: dilation, padding: padding)),
      normalization: normalization, activation: activation)
  }

  /// The mean over the window and a dense layer with one output per label.
  package static func classifier(labelCount: Int) -> [Layer] {
    [
      Layer(name: "pool", operation: .averagePool),
      Layer(name: "head", operation: .dense(outputCount: labelCount)),
    ]
  }
}

extension Extent {
  /// One column and one frequency.
  package static let one = Extent(time: 1, frequency: 1)
}
