// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import SpeechFeatures

/// A quantized model of random weights, for measurements of speed, which does not depend on them.
///
/// Scales are such that values spread over the range of 8 bits.
func syntheticModel(
  _ architecture: Architecture, features: FeatureConfiguration
) throws -> QuantizedModel {
  let geometry = try architecture.geometry()
  var random = CounterBasedGenerator(seed: 1, stream: 0)
  let input = ActivationQuantization(scale: 0.05, zeroPoint: 128)
  var layers: [QuantizedLayer] = []
  for (index, layer) in geometry.enumerated() {
    let source = layer.inputIndex.map { layers[$0].output ?? input } ?? input
    var output: ActivationQuantization?
    if case .frequencyToChannels = layer.layer.operation {
      output = source
    } else if index < geometry.count - 1 {
      let activation = layer.layer.activation
      let isPositive = activation == .relu || activation == .relu6
      // A ReLU6 ends where the integers do, as other engines take for granted.
      output = ActivationQuantization(
        scale: activation == .relu6 ? 6.0 / 255 : 0.05, zeroPoint: isPositive ? 0 : 128)
    }
    let count = layer.hasWeights ? layer.channelShape.reduce(1, *) : 0
    let perChannel = layer.weightCount / max(1, layer.output.channelCount)
    layers.append(
      QuantizedLayer(
        weightBits: layer.hasWeights ? 8 : 0,
        weights: (0..<layer.weightCount).map { _ in
          Int8.random(in: -127...127, using: &random)
        },
        weightScales: Array(repeating: 0.02 / Float(max(1, perChannel)).squareRoot(), count: count),
        bias: Array(repeating: 0, count: count), output: output))
  }
  let coefficients = architecture.coefficientCount
  return QuantizedModel(
    architecture: architecture, features: features,
    normalization: FeatureNormalization(
      mean: Array(repeating: 0, count: coefficients),
      scale: Array(repeating: 1, count: coefficients)),
    labels: geometry[geometry.count - 1].output.channelCount.labels, input: input, layers: layers,
    detection: DetectionParameters(
      smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
      rearmRatio: 0.8, rejectLabels: []),
    provenance: Provenance(
      license: "", attribution: "", datasetDigest: "", commands: [], seed: 1, accuracy: []))
}

extension Int {
  /// So many labels.
  fileprivate var labels: [String] { (0..<self).map { "label\($0)" } }
}
