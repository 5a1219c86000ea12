// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat

extension Architecture {
  /// A network of one convolution along time, for four labels of 40 log-mel bins. Its kernel is longer
  /// than its stride, so that it looks back on the clip before.
  static func small(channels: Int = 8) -> Architecture {
    Architecture(
      name: "small", coefficientCount: 40, windowFrameCount: 97,
      layers: [
        Layer(name: "flat", operation: .frequencyToChannels),
        Layer(
          name: "stem",
          operation: .convolution(
            outputChannelCount: channels,
            window: Window(
              kernel: Extent(time: 7, frequency: 1), stride: Extent(time: 4, frequency: 1),
              dilation: 1)),
          normalization: .batch, activation: .relu),
        Layer(name: "pool", operation: .averagePool),
        Layer(name: "head", operation: .dense(outputCount: 4)),
      ])
  }
}
