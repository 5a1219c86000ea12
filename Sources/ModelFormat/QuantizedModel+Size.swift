// SPDX-License-Identifier: GPL-3.0-or-later

extension QuantizedLayer {
  /// Bytes of the file that running this layer needs: packed weights, a scale and a bias per output
  /// channel (with SubSpectralNorm per band and channel), and the quantization of its output (scale and
  /// zero point).
  package var byteCount: Int {
    (weights.count * weightBits + 7) / 8 + 4 * weightScales.count + 4 * bias.count
      + (output == nil ? 0 : ActivationQuantization.byteCount)
  }
}

extension ActivationQuantization {
  /// A single-precision scale and an 8-bit zero point.
  package static let byteCount = 5
}

extension QuantizedModel {
  /// Every byte of the model that inference needs: all layers, the quantization of the input, and
  /// the normalization of the features. Architecture, labels and provenance are not counted.
  package var byteCount: Int {
    layers.reduce(0) { $0 + $1.byteCount } + ActivationQuantization.byteCount
      + 4 * (normalization.mean.count + normalization.scale.count)
  }
}

extension Architecture {
  /// What `QuantizedModel.byteCount` will be of a model of this architecture with `weightBits` bits
  /// per weight everywhere.
  package func byteCount(weightBits: Int = 8) throws(ArchitectureError) -> Int {
    let geometry = try geometry()
    let layers = geometry.indices.reduce(0) { sum, index in
      sum + geometry[index].byteCount(weightBits: weightBits, isLast: index == geometry.count - 1)
    }
    return layers + ActivationQuantization.byteCount + 8 * coefficientCount
  }
}

extension LayerGeometry {
  /// What `QuantizedLayer.byteCount` will be of this layer.
  package func byteCount(weightBits: Int, isLast: Bool) -> Int {
    let channelCount = hasWeights ? output.channelCount * max(layer.normalization.bandCount, 1) : 0
    return (weightCount * weightBits + 7) / 8 + 8 * channelCount
      + (isLast ? 0 : ActivationQuantization.byteCount)
  }
}
