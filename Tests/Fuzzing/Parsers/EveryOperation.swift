// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// A small architecture with every kind of layer, normalization and activation.
private let architecture = Architecture(
  name: "every", coefficientCount: 4, windowFrameCount: 8,
  layers: [
    Layer(
      name: "stem",
      operation: .convolution(
        outputChannelCount: 2,
        window: Window(
          kernel: Extent(time: 2, frequency: 3), stride: Extent(time: 2, frequency: 1))),
      normalization: .batch, activation: .relu),
    Layer(
      name: "depthwise",
      operation: .depthwise(window: Window(kernel: Extent(time: 2, frequency: 1), dilation: 2)),
      normalization: .subSpectral(bandCount: 2), residual: "stem", activation: .hardSwish),
    Layer(name: "mean", operation: .frequencyAverage),
    Layer(name: "sum", input: "depthwise", operation: .sum(with: ["mean"]), activation: .relu6),
    Layer(name: "flat", operation: .frequencyToChannels),
    Layer(name: "pool", operation: .averagePool),
    Layer(name: "head", operation: .dense(outputCount: 2), dropout: 0.1),
  ])

private let provenance = Provenance(
  license: "CC-BY-4.0", attribution: "nobody", datasetDigest: "00", commands: ["kws train"],
  seed: 7, accuracy: ["0.5"])

private let normalization = FeatureNormalization(mean: [1, 2, 3, 4], scale: [1, 1, 2, 2])

/// A model of it, with weights of 8, 4 and 1 bits.
func everyOperationModel() -> QuantizedModel {
  let activation = ActivationQuantization(scale: 0.1, zeroPoint: 0)
  // The architecture is valid.
  let geometry = try! architecture.geometry()
  var bits = [1, 4, 8]
  return QuantizedModel(
    architecture: architecture, features: FeatureConfiguration(cepstralCoefficientCount: 4),
    normalization: normalization, labels: ["yes", "no"], input: activation,
    layers: geometry.enumerated().map { index, layer in
      let output = index == geometry.count - 1 ? nil : activation
      guard layer.hasWeights, let bitCount = bits.popLast() else {
        return QuantizedLayer(
          weightBits: 0, weights: [], weightScales: [], bias: [], output: output)
      }
      let count = layer.channelShape.reduce(1, *)
      return QuantizedLayer(
        weightBits: bitCount,
        weights: (0..<layer.weightCount).map { $0 % 2 == 0 ? 1 : -1 },
        weightScales: Array(repeating: 0.1, count: count), bias: Array(repeating: 3, count: count),
        output: output)
    },
    detection: DetectionParameters(
      smoothingSeconds: 0.1, thresholds: ["yes": 0.9], defaultThreshold: 0.8, minimumCount: 2,
      refractorySeconds: 0.5, rearmRatio: 0.5, rejectLabels: []),
    provenance: provenance)
}

/// A checkpoint of it.
func everyOperationCheckpoint() -> Checkpoint {
  var tensors: [String: FloatTensor] = [:]
  for (name, shape) in try! architecture.geometry().flatMap(\.networkTensorShapes) {
    tensors[name] = FloatTensor(
      shape: shape, values: (0..<shape.reduce(1, *)).map { Float($0) / 3 })
  }
  return Checkpoint(
    architecture: architecture, features: FeatureConfiguration(cepstralCoefficientCount: 4),
    normalization: normalization, labels: ["yes", "no"], tensors: tensors, state: ["epoch": "3"],
    provenance: provenance)
}
