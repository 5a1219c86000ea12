// SPDX-License-Identifier: GPL-3.0-or-later

/// BC-ResNet: blocks whose two-dimensional half sees neighbouring frequencies, and whose
/// one-dimensional half sees time on the mean over all frequencies and is then broadcast to them
/// (Kim et al., arXiv 2106.04140).
///
/// Beside causality there are three differences to the authors' code: the hard form of Swish; a bias
/// on the convolutions that no normalization follows; the identity of a block is added in the same
/// sum as the broadcast.
struct BroadcastedNetwork {
  /// The factor tau of all channel counts.
  var width: Int

  /// Blocks of equal width.
  private struct Stage {
    var blockCount: Int

    /// Channels where `width` is 1.
    var channelCount: Int

    /// Of the first block along frequency; the others have none.
    var frequencyStride: Int

    /// Columns from tap to tap along time.
    var dilation: Int
  }

  private static let stages = [
    Stage(blockCount: 2, channelCount: 8, frequencyStride: 1, dilation: 1),
    Stage(blockCount: 2, channelCount: 12, frequencyStride: 2, dilation: 2),
    Stage(blockCount: 4, channelCount: 16, frequencyStride: 2, dilation: 4),
    Stage(blockCount: 4, channelCount: 20, frequencyStride: 1, dilation: 8),
  ]

  func layers(labelCount: Int) -> [Layer] {
    var layers = [
      Layer.convolution(
        "stem", 16 * width, kernel: Extent(time: 5, frequency: 5),
        stride: Extent(time: 1, frequency: 2), activation: .relu)
    ]
    for (index, stage) in Self.stages.enumerated() {
      for block in 1...stage.blockCount {
        layers += self.block(
          "stage\(index + 1).block\(block)", of: stage, isTransition: block == 1,
          source: layers[layers.count - 1].name)
      }
    }
    layers += [
      .depthwise(
        "tail", kernel: Extent(time: 5, frequency: 5), padding: .none, normalization: .none),
      .convolution("mix", 32 * width, activation: .relu),
    ]
    return layers + Layer.classifier(labelCount: labelCount)
  }

  /// `relu(x + f2(x) + f1(average(f2(x))))`; a transition, where the number of channels changes, has
  /// a pointwise layer first and no `x` in the sum.
  private func block(
    _ name: String, of stage: Stage, isTransition: Bool, source: String
  ) -> [Layer] {
    let channelCount = stage.channelCount * width
    let change =
      isTransition ? [Layer.convolution("\(name).change", channelCount, activation: .relu)] : []
    var layers = BroadcastedResidual(
      channelCount: channelCount, frequencyStride: isTransition ? stage.frequencyStride : 1,
      dilation: stage.dilation
    ).layers(name)
    var sum = layers.removeLast()
    if !isTransition, case .sum(let addends) = sum.operation {
      sum.operation = .sum(with: addends + [source])
    }
    sum.activation = .relu
    return change + layers + [sum]
  }
}
