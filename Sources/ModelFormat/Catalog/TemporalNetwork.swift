// SPDX-License-Identifier: GPL-3.0-or-later

/// A stem over frequency and time that tolerates small shifts in pitch; frequencies become
/// channels at half the frame rate; six residual blocks of two depthwise-pointwise pairs along
/// time, seven columns each; a pointwise layer, the running mean and a dense head.
///
/// The separable pairs follow QuartzNet (arXiv 1910.10261) and MatchboxNet (arXiv 2004.08531),
/// here causal along time.
struct TemporalNetwork {
  /// Channels of the blocks.
  var channelCount: Int

  func layers(labelCount: Int) -> [Layer] {
    var layers = [
      Layer.convolution(
        "stem", 8, kernel: Extent(time: 3, frequency: 5), stride: Extent(time: 1, frequency: 2),
        activation: .relu),
      Layer.depthwise(
        "stem.depthwise", kernel: Extent(time: 3, frequency: 3),
        stride: Extent(time: 1, frequency: 2), activation: .relu),
      Layer(name: "flat", operation: .frequencyToChannels),
      Layer.convolution(
        "reduce", channelCount, kernel: Extent(time: 3, frequency: 1),
        stride: Extent(time: 2, frequency: 1), activation: .relu),
    ]
    let alongTime = Extent(time: 7, frequency: 1)
    for block in 1...6 {
      let name = "block\(block)"
      let source = layers[layers.count - 1].name
      layers += [
        .depthwise("\(name).depthwise1", kernel: alongTime),
        .convolution("\(name).pointwise1", channelCount, activation: .relu),
        .depthwise("\(name).depthwise2", kernel: alongTime),
        .convolution("\(name).pointwise2", channelCount, residual: source, activation: .relu),
      ]
    }
    layers.append(.convolution("mix", channelCount * 3 / 2, activation: .relu))
    return layers + Layer.classifier(labelCount: labelCount)
  }
}
