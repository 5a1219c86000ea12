// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import NeuralNetwork

/// A network that simulates integers, with the checkpoint that tells where it comes from.
struct SimulatedModel {
  let network: Network
  let checkpoint: Checkpoint

  /// The integers that the network simulates: no rounding is left to do.
  ///
  /// - Throws: `.noRange` for a tensor without a range, `.notFinite` where folding overflows.
  func model(
    detection: DetectionParameters, provenance: Provenance
  ) throws(QuantizationError) -> QuantizedModel {
    guard let bitWidths = network.bitWidths, let input = network.inputQuantization else {
      throw .noRange(layer: "input")
    }
    let tensors = network.exportTensors()
    var outputs: [ActivationQuantization] = []
    var layers: [QuantizedLayer] = []
    for (index, geometry) in network.geometry.enumerated() {
      let name = geometry.layer.name
      let source = geometry.inputIndex.map { outputs[$0] } ?? input
      let isLast = index == network.geometry.count - 1
      let isInput = geometry.layer.operation == .frequencyToChannels && geometry.inputIndex == nil
      guard let output = isLast || isInput ? source : network.quantization(layer: index) else {
        throw .noRange(layer: name)
      }
      outputs.append(output)
      var layer = QuantizedLayer(
        weightBits: 0, weights: [], weightScales: [], bias: [], output: isLast ? nil : output)
      if let steps = network.weightSteps(layer: index) {
        let folded = FoldedLayer(
          geometry: geometry, tensors: tensors, epsilon: Normalization.batchEpsilon)
        guard folded.isFinite else { throw .notFinite(layer: name) }
        layer.setWeights(
          folded, steps: steps, levels: WeightLevels(bitCount: bitWidths.weights[index]),
          inputScale: source.scale, isSigned: geometry.hasSignedScales)
        // A gain may be finite and its product with a weight's step not.
        guard layer.weightScales.allSatisfy(\.isFinite) else { throw .notFinite(layer: name) }
      }
      layers.append(layer)
    }
    return QuantizedModel(
      architecture: checkpoint.architecture, features: checkpoint.features,
      normalization: checkpoint.normalization, labels: checkpoint.labels, input: input,
      layers: layers, detection: detection, provenance: provenance)
  }
}
