// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// A small architecture with every kind of layer of a plain network.
let sampleArchitecture = Architecture(
  name: "sample", coefficientCount: 4, windowFrameCount: 8,
  layers: [
    Layer(
      name: "stem",
      operation: .convolution(
        outputChannelCount: 3,
        window: Window(
          kernel: Extent(time: 3, frequency: 3),
          stride: Extent(time: 2, frequency: 2), dilation: 1)),
      normalization: .batch, activation: .relu),
    Layer(
      name: "depthwise",
      operation: .depthwise(
        window: Window(
          kernel: Extent(time: 3, frequency: 1), stride: Extent(time: 1, frequency: 1), dilation: 2)
      ),
      normalization: .batch, residual: "stem", activation: .relu6),
    Layer(name: "flat", operation: .frequencyToChannels),
    Layer(name: "pool", operation: .averagePool),
    Layer(name: "head", operation: .dense(outputCount: 2)),
  ])

let sampleProvenance = Provenance(
  license: "CC-BY-4.0", attribution: "nobody", datasetDigest: "00", commands: ["kws train"],
  seed: 7, accuracy: [])

let sampleModel = QuantizedModel(
  architecture: sampleArchitecture, features: FeatureConfiguration(cepstralCoefficientCount: 4),
  normalization: FeatureNormalization(mean: [1, 2, 3, 4], scale: [1, 1, 2, 2]),
  labels: ["yes", "no"], input: ActivationQuantization(scale: 0.1, zeroPoint: 128),
  layers: [
    QuantizedLayer(
      weightBits: 8, weights: (0..<27).map { Int8($0 - 13) }, weightScales: [0.1, 0.2, 0.3],
      bias: [1, -2, 3], output: ActivationQuantization(scale: 0.1, zeroPoint: 0)),
    QuantizedLayer(
      weightBits: 8, weights: (0..<9).map { Int8($0 * 14) }, weightScales: [0.1, 0.2, 0.3],
      bias: [1, -2, 3], output: ActivationQuantization(scale: 0.1, zeroPoint: 0)),
    QuantizedLayer(
      weightBits: 0, weights: [], weightScales: [], bias: [],
      output: ActivationQuantization(scale: 0.1, zeroPoint: 0)),
    QuantizedLayer(
      weightBits: 0, weights: [], weightScales: [], bias: [],
      output: ActivationQuantization(scale: 0.05, zeroPoint: 0)),
    QuantizedLayer(
      weightBits: 8, weights: (0..<12).map { Int8($0) }, weightScales: [0.5, 0.25],
      bias: [100, -100], output: nil),
  ],
  detection: DetectionParameters(
    smoothingSeconds: 0.1, thresholds: ["yes": 0.9], defaultThreshold: 0.8, minimumCount: 2,
    refractorySeconds: 0.5, rearmRatio: 0.5, rejectLabels: []),
  provenance: sampleProvenance)

/// The sample with weights of fewer bits in its three layers that have any.
func packed(_ bits: [Int]) -> QuantizedModel {
  var model = sampleModel
  for (index, bitCount) in zip([0, 1, 4], bits) {
    let levels = WeightLevels(bitCount: bitCount)
    model.layers[index].weightBits = bitCount
    model.layers[index].weights = model.layers[index].weights.indices.map {
      Int8(levels.nearest(Float(($0 * 37) % 255 - 127) * Float(levels.limit) / 127))
    }
  }
  model.layers[1].output?.bitCount = 4
  return model
}

let packedModel = packed([1, 3, 5])

/// The code of the last of the stem's 27 weights at 4 bits, which half fills the last byte.
let packedTail = UInt8(
  WeightLevels(bitCount: 4).nearest(Float((26 * 37) % 255 - 127) * 7 / 127) + 7)

func sampleCheckpoint(of model: QuantizedModel = sampleModel) throws -> Checkpoint {
  var tensors: [String: FloatTensor] = [:]
  for (name, shape) in try model.architecture.geometry().flatMap(\.networkTensorShapes) {
    let count = shape.reduce(1, *)
    tensors[name] = FloatTensor(shape: shape, values: (0..<count).map { Float($0) / 3 })
  }
  return Checkpoint(
    architecture: model.architecture, features: model.features,
    normalization: model.normalization, labels: ["yes", "no"], tensors: tensors,
    state: ["epoch": "3"], provenance: sampleProvenance)
}
