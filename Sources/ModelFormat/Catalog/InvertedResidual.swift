// SPDX-License-Identifier: GPL-3.0-or-later

/// MBConv: a pointwise layer that widens, a depthwise layer, both with batch normalization and
/// ReLU6, and a pointwise layer that narrows, with batch normalization alone (Sandler et al.,
/// MobileNetV2, arXiv 1801.04381).
package struct InvertedResidual: Equatable, Sendable {
  /// Of the depthwise layer.
  package var kernel: Extent

  /// Of the depthwise layer.
  package var stride: Extent

  /// Channels between the pointwise layers per input channel; at 1 the first is left out.
  package var expansion: Int

  /// Channels of the output.
  package var outputChannelCount: Int

  /// Whether the input is added to the output; they must be of one shape.
  package var hasShortcut: Bool

  /// After the pointwise layer that widens and after the depthwise one.
  package var activation: Activation

  package init(
    kernel: Extent, stride: Extent, expansion: Int, outputChannelCount: Int, hasShortcut: Bool,
    activation: Activation = .relu6
  ) {
    self.kernel = kernel
    self.stride = stride
    self.expansion = expansion
    self.outputChannelCount = outputChannelCount
    self.hasShortcut = hasShortcut
    self.activation = activation
  }

  /// The layers, named `name.expand`, `name.depthwise` and `name.project`.
  ///
  /// - Parameters:
  ///   - source: the layer before, whose output is read.
  ///   - inputChannelCount: its channels.
  package func layers(
    _ name: String, after source: String, inputChannelCount: Int
  ) -> [Layer] {
    let expand =
      expansion == 1
      ? []
      : [
        Layer.convolution("\(name).expand", inputChannelCount * expansion, activation: activation)
      ]
    return expand + [
      .depthwise("\(name).depthwise", kernel: kernel, stride: stride, activation: activation),
      .convolution("\(name).project", outputChannelCount, residual: hasShortcut ? source : nil),
    ]
  }
}
