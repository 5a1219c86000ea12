// SPDX-License-Identifier: GPL-3.0-or-later

package import SpeechFeatures

/// A float network at one moment of its training, with everything that is needed to go on bit for
/// bit or to quantize it.
package struct Checkpoint: Equatable, Sendable {
  package var architecture: Architecture
  package var features: FeatureConfiguration
  package var normalization: FeatureNormalization

  /// One label per output of the network, in order.
  package var labels: [String]

  /// Parameters (`<layer>.weight`, `.bias`, `.norm.scale`, `.norm.shift`), statistics
  /// (`.norm.mean`, `.norm.variance`), and whatever a trainer needs to go on (`optimizer.…`,
  /// `history.…`).
  package var tensors: [String: FloatTensor]

  /// The trainer's own values, as strings: epoch, options, best accuracy.
  package var state: [String: String]

  package var provenance: Provenance

  package init(
    architecture: Architecture, features: FeatureConfiguration,
    normalization: FeatureNormalization, labels: [String], tensors: [String: FloatTensor],
    state: [String: String], provenance: Provenance
  ) {
    self.architecture = architecture
    self.features = features
    self.normalization = normalization
    self.labels = labels
    self.tensors = tensors
    self.state = state
    self.provenance = provenance
  }
}

/// A tensor of single-precision values in row-major order.
package struct FloatTensor: Equatable, Sendable {
  package var shape: [Int]
  package var values: [Float]

  package init(shape: [Int], values: [Float]) {
    self.shape = shape
    self.values = values
  }
}
