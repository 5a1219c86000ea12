// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// A small architecture with what the other sample lacks: bands, frequency average, sums,
/// hard-swish, dropout, kernels of even width and no padding.
let broadcastArchitecture = Architecture(
  name: "broadcast", coefficientCount: 5, windowFrameCount: 8,
  layers: [
    Layer(
      name: "stem",
      operation: .convolution(
        outputChannelCount: 2,
        window: Window(kernel: Extent(time: 2, frequency: 2), padding: .none)),
      normalization: .subSpectral(bandCount: 2), activation: .hardSwish),
    Layer(
      name: "frequency",
      operation: .depthwise(window: Window(kernel: Extent(time: 1, frequency: 2))),
      normalization: .subSpectral(bandCount: 4), residual: "stem"),
    Layer(name: "average", operation: .frequencyAverage),
    Layer(
      name: "time",
      operation: .depthwise(window: Window(kernel: Extent(time: 3, frequency: 1), dilation: 2)),
      normalization: .batch, activation: .hardSwish),
    Layer(
      name: "add", input: "frequency", operation: .sum(with: ["time", "stem"]), activation: .relu),
    Layer(name: "pool", operation: .averagePool),
    Layer(name: "head", operation: .dense(outputCount: 2), dropout: 0.25),
  ])

let broadcastModel: QuantizedModel = {
  let output = ActivationQuantization(scale: 0.1, zeroPoint: 9)
  let plain = QuantizedLayer(
    weightBits: 0, weights: [], weightScales: [], bias: [], output: output)
  return QuantizedModel(
    architecture: broadcastArchitecture,
    features: FeatureConfiguration(cepstralCoefficientCount: 5),
    normalization: FeatureNormalization(mean: [1, 2, 3, 4, 5], scale: [1, 1, 2, 2, 3]),
    labels: ["yes", "no"], input: ActivationQuantization(scale: 0.1, zeroPoint: 128),
    layers: [
      QuantizedLayer(
        weightBits: 8, weights: (0..<8).map { Int8($0 * 9 - 40) },
        weightScales: [0.1, -0.2, 0.3, -0.4], bias: [1, -2, 3, -4], output: output),
      QuantizedLayer(
        weightBits: 8, weights: [1, -2, 3, -4], weightScales: (0..<8).map { Float($0) / 8 - 0.3 },
        bias: (0..<8).map { Int32($0) - 4 }, output: output),
      plain,
      QuantizedLayer(
        weightBits: 8, weights: (0..<6).map { Int8($0) }, weightScales: [0.5, 0.25],
        bias: [7, -7], output: output),
      plain, plain,
      QuantizedLayer(
        weightBits: 8, weights: [1, 2, 3, 4], weightScales: [0.5, 0.25], bias: [100, -100],
        output: nil),
    ],
    detection: sampleModel.detection, provenance: sampleProvenance)
}()
