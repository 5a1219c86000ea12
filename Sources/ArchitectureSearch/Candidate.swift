// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// One way to compute a block of a supernet.
package enum Candidate: Equatable, Sendable {
  /// Nothing: with the block's shortcut, the input as it is.
  case zero

  /// MBConv: a pointwise layer that widens, a depthwise one, a pointwise layer that narrows; batch
  /// normalization each (Sandler et al., arXiv 1801.04381).
  case invertedResidual(kernel: Extent, expansion: Int)

  /// So many pairs of a depthwise and a pointwise layer (QuartzNet, arXiv 1910.10261).
  case separable(kernel: Extent, dilation: Int, pairCount: Int)

  /// The block of BC-ResNet: a depthwise layer along frequency with SubSpectralNorm, and one along
  /// time on the mean over all frequencies, broadcast to them (Kim et al., arXiv 2106.04140).
  case broadcast(frequencyKernel: Int, timeKernel: Int, dilation: Int)

  /// All frequencies to one, side by side: a pointwise layer that narrows to so many channels, and one
  /// over the channels of all frequencies.
  case flattened(narrowChannelCount: Int)

  /// All frequencies to one by a weighted sum per channel: a pointwise layer, a depthwise one as
  /// wide as the frequency axis, a pointwise one.
  case collapsed

  /// A short name, unique within a block; part of the names of its layers.
  package var name: String {
    switch self {
    case .zero: "zero"
    case .invertedResidual(let kernel, let expansion): "mb\(Self.text(kernel))e\(expansion)"
    case .separable(let kernel, let dilation, let pairCount):
      "sep\(Self.text(kernel))" + (dilation == 1 ? "" : "d\(dilation)")
        + (pairCount == 1 ? "" : "p\(pairCount)")
    case .broadcast(let frequency, let time, let dilation):
      "bc\(frequency)t\(time)" + (dilation == 1 ? "" : "d\(dilation)")
    case .flattened(let count): "flat\(count)"
    case .collapsed: "collapse"
    }
  }

  /// `5` for a square kernel, `9x1` for others, time first.
  private static func text(_ kernel: Extent) -> String {
    kernel.time == kernel.frequency ? "\(kernel.time)" : "\(kernel.time)x\(kernel.frequency)"
  }
}
