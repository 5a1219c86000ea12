// SPDX-License-Identifier: GPL-3.0-or-later

/// The block of BC-ResNet without its shortcut: `f2(x) + f1(average(f2(x)))`, where f2 sees neighbouring
/// frequencies, and f1 sees time on the mean over all of them (Kim et al., arXiv 2106.04140).
package struct BroadcastedResidual: Equatable, Sendable {
  package var channelCount: Int
  package var frequencyKernel: Int
  package var frequencyStride: Int
  package var timeKernel: Int

  /// Columns from tap to tap along time.
  package var dilation: Int

  /// Of the pointwise layer; nil for none.
  package var dropout: Float?

  /// Bands of SubSpectralNorm.
  private static let bandCount = 5

  package init(
    channelCount: Int, frequencyKernel: Int = 3, frequencyStride: Int = 1, timeKernel: Int = 3,
    dilation: Int, dropout: Float? = 0.1
  ) {
    self.channelCount = channelCount
    self.frequencyKernel = frequencyKernel
    self.frequencyStride = frequencyStride
    self.timeKernel = timeKernel
    self.dilation = dilation
    self.dropout = dropout
  }

  /// The layers, the last one the sum `name.sum`, to which a shortcut can be added.
  package func layers(_ name: String) -> [Layer] {
    let (frequency, broadcast) = ("\(name).frequency", "\(name).pointwise")
    return [
      .depthwise(
        frequency, kernel: Extent(time: 1, frequency: frequencyKernel),
        stride: Extent(time: 1, frequency: frequencyStride),
        normalization: .subSpectral(bandCount: Self.bandCount)),
      Layer(name: "\(name).average", operation: .frequencyAverage),
      .depthwise(
        "\(name).time", kernel: Extent(time: timeKernel, frequency: 1), dilation: dilation,
        activation: .hardSwish),
      .convolution(broadcast, channelCount, normalization: .none, dropout: dropout),
      Layer(name: "\(name).sum", input: frequency, operation: .sum(with: [broadcast])),
    ]
  }
}
