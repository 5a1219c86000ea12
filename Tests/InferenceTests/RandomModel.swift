// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import SpeechFeatures

/// SplitMix64: small, seeded, the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func pick<T>(_ values: [T]) -> T {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &self) < probability
  }
}

/// A model with random weights and quantization for any architecture, so scaled that values spread
/// over the range and some saturate.
func quantizedModel(
  _ architecture: Architecture, using generator: inout SeededGenerator
) throws -> QuantizedModel {
  let geometry = try architecture.geometry()
  func quantization(_ activation: Activation) -> ActivationQuantization {
    // Mostly a useful range, now and then an extreme one.
    let usual = activation == .none ? 60...200 : 0...80
    let range = generator.chance(0.05) ? 0...255 : usual
    return ActivationQuantization(
      scale: Float.random(in: 0.01...0.1, using: &generator),
      zeroPoint: Int.random(in: range, using: &generator))
  }
  let input = quantization(.none)
  var layers: [QuantizedLayer] = []
  for (index, layer) in geometry.enumerated() {
    let source = layer.inputIndex.map { layers[$0].output ?? input } ?? input
    let isLast = index == geometry.count - 1
    var output = isLast ? nil : quantization(layer.layer.activation)
    if case .frequencyToChannels = layer.layer.operation { output = source }
    if [.averagePool, .frequencyAverage].contains(layer.layer.operation) {
      output?.scale = source.scale * Float.random(in: 0.2...0.7, using: &generator)
    }
    let parameters = layer.hasWeights ? layer.channelShape.reduce(1, *) : 0
    let size = layer.hasWeights ? layer.weightCount / layer.output.channelCount : 1
    let spread = (output?.scale ?? 0.02) / (source.scale * 5000 * Float(size).squareRoot())
    layers.append(
      QuantizedLayer(
        weightBits: layer.hasWeights ? 8 : 0,
        weights: (0..<layer.weightCount).map { _ in Int8.random(in: -127...127, using: &generator)
        },
        weightScales: (0..<parameters).map { _ in
          let sign: Float = layer.hasSignedScales && generator.chance(0.5) ? -1 : 1
          return 64 * sign * spread * Float.random(in: 0.2...1.5, using: &generator)
        },
        bias: (0..<parameters).map { _ in Int32.random(in: -20_000...20_000, using: &generator) },
        output: output))
  }
  return QuantizedModel(
    architecture: architecture,
    features: FeatureConfiguration(
      melBinCount: max(40, architecture.coefficientCount),
      cepstralCoefficientCount: architecture.coefficientCount),
    normalization: FeatureNormalization(
      mean: (0..<architecture.coefficientCount).map { _ in
        Float.random(in: -5...5, using: &generator)
      },
      scale: (0..<architecture.coefficientCount).map { _ in
        Float.random(in: 0.2...2, using: &generator)
      }),
    labels: (0..<geometry[geometry.count - 1].output.channelCount).map { "label\($0)" },
    input: input, layers: layers,
    detection: DetectionParameters(
      smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
      rearmRatio: 0.8, rejectLabels: []),
    provenance: Provenance(
      license: "", attribution: "", datasetDigest: "", commands: [], seed: 0, accuracy: []))
}

/// Random raw features `[frame, coefficient]`.
func randomFrames(
  _ count: Int, _ coefficientCount: Int, using generator: inout SeededGenerator
) -> [Float] {
  (0..<count * coefficientCount).map { _ in Float.random(in: -12...12, using: &generator) }
}
