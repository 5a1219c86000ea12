// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// A network as the code of "Resource-efficient DNNs for Keyword Spotting using Neural Architecture
/// Search and Quantization" (Peter et al., arXiv 2012.10138) writes it: its file `net.config`.
///
/// The file does not say how many coefficients a frame has. Published networks see 51 centred frames
/// and both sides of every frame; ours are causal and see 49.
package struct NetConfig: Equatable, Sendable {
  /// Kernels and strides, channels, blocks; a block that the search left out is nil.
  package var network: InvertedResidualNetwork

  /// Outputs of the classifier.
  package var labelCount: Int

  /// Whether the classifier has a bias.
  package var hasClassifierBias: Bool

  /// Frames of a window in our features: one second at hop 320.
  package static let windowFrameCount = 49

  /// Our causal form for frames of `coefficientCount` coefficients.
  ///
  /// Batch normalization has our epsilon, not the file's; the head always has a bias.
  package func architecture(name: String, coefficientCount: Int) -> Architecture {
    Architecture(
      name: name, coefficientCount: coefficientCount, windowFrameCount: Self.windowFrameCount,
      layers: network.layers(labelCount: labelCount))
  }
}
