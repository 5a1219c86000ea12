// SPDX-License-Identifier: GPL-3.0-or-later

extension InvertedResidualNetwork {
  /// `wm1.25_3`, 1.25 times as wide as the paper's others.
  static let searched10 = searched(
    channelCount: 88, mixChannelCount: 184,
    blocks: [
      (7, 2), (7, 2), (7, 2), (5, 1), (5, 1), (7, 1), (7, 1), (7, 1), (7, 1), (7, 1), (5, 1),
      (7, 1),
    ])

  /// `mfcc20_4`.
  static let searched20 = searched(
    channelCount: 72, mixChannelCount: 144,
    blocks: [
      (7, 2), (7, 2), (7, 2), (7, 1), (5, 1), (7, 1), (5, 1), (7, 1), (5, 1), (5, 1), (5, 1),
      (5, 1),
    ])

  /// The form of all networks of the paper: one width, one stride after the stem's.
  ///
  /// - Parameter blocks: kernel along both axes, and expansion.
  private static func searched(
    channelCount: Int, mixChannelCount: Int, blocks: [(kernel: Int, expansion: Int)]
  ) -> InvertedResidualNetwork {
    InvertedResidualNetwork(
      stemKernel: Extent(time: 11, frequency: 5), stemStride: Extent(time: 2, frequency: 1),
      stemChannelCount: channelCount,
      blocks: blocks.enumerated().map { index, block in
        let isFirst = index == 0
        return InvertedResidual(
          kernel: Extent(time: block.kernel, frequency: block.kernel),
          stride: isFirst ? Extent(time: 2, frequency: 2) : .one, expansion: block.expansion,
          outputChannelCount: channelCount, hasShortcut: !isFirst)
      },
      mixChannelCount: mixChannelCount)
  }

  /// Twelve blocks in five stages; kernels of 3, 5, 7 and expansions of 6, 3 take turns.
  static let derived: InvertedResidualNetwork = {
    let stages: [(channelCount: Int, blockCount: Int, stride: Extent)] = [
      (24, 2, .one),
      (32, 3, Extent(time: 2, frequency: 1)),
      (48, 3, .one),
      (64, 2, Extent(time: 2, frequency: 2)),
      (72, 2, .one),
    ]
    let stem = 32
    var blocks: [InvertedResidual] = []
    for stage in stages {
      for position in 0..<stage.blockCount {
        let kernel = [3, 5, 7][blocks.count % 3]
        let stride = position == 0 ? stage.stride : .one
        let inputChannelCount = blocks.last?.outputChannelCount ?? stem
        blocks.append(
          InvertedResidual(
            kernel: Extent(time: kernel, frequency: kernel), stride: stride,
            expansion: [6, 3][blocks.count % 2], outputChannelCount: stage.channelCount,
            hasShortcut: stride == .one && inputChannelCount == stage.channelCount))
      }
    }
    return InvertedResidualNetwork(
      stemKernel: Extent(time: 3, frequency: 3), stemStride: Extent(time: 2, frequency: 2),
      stemChannelCount: stem, blocks: blocks, mixChannelCount: nil)
  }()
}
