// SPDX-License-Identifier: GPL-3.0-or-later

/// Architectures that go by a name.
package enum ArchitectureCatalog: String, CaseIterable, Sendable {
  /// Time-channel separable residual network behind a two-dimensional stem: 3.95 M
  /// multiply-accumulates per window of 97 frames of 40 bins.
  case temporal64 = "temporal-64"

  /// The same with 48 channels: 2.5 M multiply-accumulates.
  case temporal48 = "temporal-48"

  /// The architecture that is trained where none is named.
  package static let `default` = temporal64

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

  /// A stem over frequency and time that tolerates small shifts in pitch; frequencies become
  /// channels at half the frame rate; six residual blocks of two depthwise-pointwise pairs along
  /// time, seven columns each; a pointwise layer, the running mean and a dense head.
  ///
  /// The separable pairs follow QuartzNet (arXiv 1910.10261) and MatchboxNet (arXiv 2004.08531),
  /// here causal along time.
  private static func temporal(channelCount: Int, labelCount: Int) -> [Layer] {
    let one = Extent(time: 1, frequency: 1)
    func convolution(
      _ name: String, _ outputs: Int, kernel: Extent = one, stride: Extent = one,
      residual: String? = nil
    ) -> Layer {
      Layer(
        name: name,
        operation: .convolution(
          outputChannelCount: outputs, window: Window(kernel: kernel, stride: stride)),
        normalization: .batch, residual: residual, activation: .relu)
    }
    func depthwise(
      _ name: String, kernel: Extent, stride: Extent = one, activation: Activation
    ) -> Layer {
      Layer(
        name: name, operation: .depthwise(window: Window(kernel: kernel, stride: stride)),
        normalization: .batch, activation: activation)
    }
    var layers = [
      convolution(
        "stem", 8, kernel: Extent(time: 3, frequency: 5), stride: Extent(time: 1, frequency: 2)),
      depthwise(
        "stem.depthwise", kernel: Extent(time: 3, frequency: 3),
        stride: Extent(time: 1, frequency: 2), activation: .relu),
      Layer(name: "flat", operation: .frequencyToChannels),
      convolution(
        "reduce", channelCount, kernel: Extent(time: 3, frequency: 1),
        stride: Extent(time: 2, frequency: 1)),
    ]
    let alongTime = Extent(time: 7, frequency: 1)
    for block in 1...6 {
      let name = "block\(block)"
      let source = layers[layers.count - 1].name
      layers += [
        depthwise("\(name).depthwise1", kernel: alongTime, activation: .none),
        convolution("\(name).pointwise1", channelCount),
        depthwise("\(name).depthwise2", kernel: alongTime, activation: .none),
        convolution("\(name).pointwise2", channelCount, residual: source),
      ]
    }
    return layers + [
      convolution("mix", channelCount * 3 / 2),
      Layer(name: "pool", operation: .averagePool),
      Layer(name: "head", operation: .dense(outputCount: labelCount)),
    ]
  }
}
