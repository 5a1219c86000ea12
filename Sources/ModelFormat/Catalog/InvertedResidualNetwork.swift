// SPDX-License-Identifier: GPL-3.0-or-later

/// A convolution, inverted residual blocks, perhaps a pointwise layer, the running mean and a dense
/// head; batch normalization and ReLU6 throughout.
package struct InvertedResidualNetwork: Equatable, Sendable {
  /// Kernel of the first convolution.
  package var stemKernel: Extent

  /// Stride of the first convolution.
  package var stemStride: Extent

  /// Channels of the first convolution.
  package var stemChannelCount: Int

  /// The blocks in order; nil for a place whose block was left out, so that the others keep the
  /// numbers in their names.
  package var blocks: [InvertedResidual?]

  /// Channels of the pointwise layer before the mean; nil for none.
  package var mixChannelCount: Int?

  package init(
    stemKernel: Extent, stemStride: Extent, stemChannelCount: Int, blocks: [InvertedResidual?],
    mixChannelCount: Int?
  ) {
    self.stemKernel = stemKernel
    self.stemStride = stemStride
    self.stemChannelCount = stemChannelCount
    self.blocks = blocks
    self.mixChannelCount = mixChannelCount
  }

  /// The layers for `labelCount` classes.
  package func layers(labelCount: Int) -> [Layer] {
    var layers = [
      Layer.convolution(
        "stem", stemChannelCount, kernel: stemKernel, stride: stemStride, activation: .relu6)
    ]
    var channelCount = stemChannelCount
    for (index, block) in blocks.enumerated() {
      guard let block else { continue }
      layers += block.layers(
        "block\(index + 1)", after: layers[layers.count - 1].name, inputChannelCount: channelCount)
      channelCount = block.outputChannelCount
    }
    if let mixChannelCount {
      layers.append(.convolution("mix", mixChannelCount, activation: .relu6))
    }
    return layers + Layer.classifier(labelCount: labelCount)
  }
}
