// SPDX-License-Identifier: GPL-3.0-or-later

/// Architectures that go by a name.
package enum ArchitectureCatalog: String, CaseIterable, Sendable {
  /// Time-channel separable residual network over the whole spectrum: 3.5 M multiply-accumulates.
  case temporal64 = "temporal-64"

  /// The same with 48 channels: 2.1 M multiply-accumulates.
  case temporal48 = "temporal-48"

  /// The architecture for features of `coefficientCount` values in windows of `windowFrameCount`
  /// frames, with one output per label.
  package func architecture(
    coefficientCount: Int, windowFrameCount: Int, labelCount: Int
  ) -> Architecture {
    let channelCount =
      switch self {
      case .temporal64: 64
      case .temporal48: 48
      }
    return Architecture(
      name: rawValue, coefficientCount: coefficientCount, windowFrameCount: windowFrameCount,
      layers: Self.temporal(channelCount: channelCount, labelCount: labelCount))
  }

  /// Coefficients become channels, so that every layer is a convolution along time; a stem that
  /// halves the frame rate; six residual blocks of two depthwise-pointwise pairs with a kernel of
  /// nine columns; a pointwise layer, the running mean and a dense head.
  ///
  /// The separable pairs follow QuartzNet (arXiv 1910.10261) and MatchboxNet (arXiv 2004.08531),
  /// here causal along time.
  private static func temporal(channelCount: Int, labelCount: Int) -> [Layer] {
    let one = Extent(time: 1, frequency: 1)
    var layers = [
      Layer(name: "flat", operation: .frequencyToChannels),
      Layer(
        name: "stem",
        operation: .convolution(
          outputChannelCount: channelCount, kernel: Extent(time: 5, frequency: 1),
          stride: Extent(time: 2, frequency: 1), dilation: 1),
        normalization: .batch, activation: .relu),
    ]
    func pointwise(_ name: String, _ outputs: Int, residual: String? = nil) -> Layer {
      Layer(
        name: name,
        operation: .convolution(
          outputChannelCount: outputs, kernel: one, stride: one, dilation: 1),
        normalization: .batch, residual: residual, activation: .relu)
    }
    func depthwise(_ name: String) -> Layer {
      Layer(
        name: name,
        operation: .depthwise(kernel: Extent(time: 9, frequency: 1), stride: one, dilation: 1),
        normalization: .batch)
    }
    for block in 1...6 {
      let source = layers[layers.count - 1].name
      layers.append(depthwise("block\(block).depthwise1"))
      layers.append(pointwise("block\(block).pointwise1", channelCount))
      layers.append(depthwise("block\(block).depthwise2"))
      layers.append(pointwise("block\(block).pointwise2", channelCount, residual: source))
    }
    layers.append(pointwise("mix", channelCount * 3 / 2))
    layers.append(Layer(name: "pool", operation: .averagePool))
    layers.append(Layer(name: "head", operation: .dense(outputCount: labelCount)))
    return layers
  }
}
