// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
package import ModelFormat
package import SpeechDatasets

/// Brings a batch's features into the network's input: `(x - mean[i]) * scale[i]`.
package struct FeatureNormalizer: Sendable {
  package let normalization: FeatureNormalization

  package init(_ normalization: FeatureNormalization) {
    self.normalization = normalization
  }

  /// Normalizes the features of `batch`, `[clip, frame, coefficient]`, in place.
  package func normalize(_ batch: Batch) {
    let coefficientCount = normalization.mean.count
    let mean = normalization.mean.span
    let scale = normalization.scale.span
    var features = batch.features.mutableSpan
    var index = 0
    for _ in 0..<batch.clipCount * batch.frameCount {
      for coefficient in 0..<coefficientCount {
        features[index] = (features[index] - mean[coefficient]) * scale[coefficient]
        index += 1
      }
    }
  }
}
