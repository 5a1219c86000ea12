// SPDX-License-Identifier: GPL-3.0-or-later

/// DS-CNN: a convolution, then pairs of a depthwise 3x3 and a pointwise layer, all with batch
/// normalization and ReLU (Zhang et al., Hello Edge, arXiv 1711.07128).
struct SeparableNetwork {
  /// Channels of every layer.
  var channelCount: Int

  /// Depthwise-pointwise pairs.
  var pairCount: Int

  /// Of the first convolution, whose kernel is 10 columns by 4 frequencies.
  var stemStride: Extent

  /// Of the first depthwise layer; the others have none.
  var firstPairStride: Extent

  static let small = SeparableNetwork(
    channelCount: 64, pairCount: 4, stemStride: Extent(time: 2, frequency: 2),
    firstPairStride: .one)

  static let medium = SeparableNetwork(
    channelCount: 172, pairCount: 4, stemStride: Extent(time: 2, frequency: 1),
    firstPairStride: Extent(time: 2, frequency: 2))

  static let large = SeparableNetwork(
    channelCount: 276, pairCount: 5, stemStride: Extent(time: 2, frequency: 1),
    firstPairStride: Extent(time: 2, frequency: 2))

  func layers(labelCount: Int) -> [Layer] {
    var layers = [
      Layer.convolution(
        "stem", channelCount, kernel: Extent(time: 10, frequency: 4), stride: stemStride,
        activation: .relu)
    ]
    for pair in 1...pairCount {
      layers += [
        .depthwise(
          "pair\(pair).depthwise", kernel: Extent(time: 3, frequency: 3),
          stride: pair == 1 ? firstPairStride : .one, activation: .relu),
        .convolution("pair\(pair).pointwise", channelCount, activation: .relu),
      ]
    }
    return layers + Layer.classifier(labelCount: labelCount)
  }
}
