// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
import NeuralNetwork
import Training

/// Makes a model of a checkpoint whose training simulated the integers: steps and ranges are those
/// that it learned.
package struct TrainedQuantizer {
  private let checkpoint: Checkpoint
  private let network: Network

  /// The bits that every layer was trained for.
  package let bitWidths: BitWidths

  /// - Throws: `QuantizationError.notSimulated` for a checkpoint of a training in real numbers,
  ///   `.network` for one that lacks a tensor.
  package init(_ checkpoint: Checkpoint) throws(QuantizationError) {
    guard let bitWidths = TrainingConfiguration.of(checkpoint)?.bitWidths else {
      throw .notSimulated
    }
    try self.init(checkpoint, bitWidths: bitWidths)
  }

  /// For a checkpoint that was trained with `bitWidths`.
  package init(_ checkpoint: Checkpoint, bitWidths: BitWidths) throws(QuantizationError) {
    self.checkpoint = checkpoint
    self.bitWidths = bitWidths
    do throws(NeuralNetworkError) {
      network = try Network(
        architecture: checkpoint.architecture, tensors: checkpoint.tensors)
      network.bitWidths = bitWidths
      try network.loadQuantization(checkpoint.tensors)
    } catch { throw .network(error) }
  }

  /// The model in integers.
  ///
  /// - Throws: `.noRange` for a tensor that was 0 wherever it was looked at, `.notFinite`.
  package func model(
    detection: DetectionParameters, provenance: Provenance
  ) throws(QuantizationError) -> QuantizedModel {
    guard let input = network.inputQuantization else { throw .noRange(layer: "input") }
    let geometry = network.geometry
    var outputs: [ActivationQuantization] = []
    var layers: [QuantizedLayer] = []
    for (index, geometry) in geometry.enumerated() {
      let name = geometry.layer.name
      let source = geometry.inputIndex.map { outputs[$0] } ?? input
      let isLast = index == network.geometry.count - 1
      guard let output = isLast ? source : network.quantization(layer: index) else {
        throw .noRange(layer: name)
      }
      outputs.append(output)
      var layer = QuantizedLayer(
        weightBits: 0, weights: [], weightScales: [], bias: [], output: isLast ? nil : output)
      if let steps = network.weightSteps(layer: index) {
        let folded = FoldedLayer(
          geometry: geometry, tensors: checkpoint.tensors, epsilon: Normalization.batchEpsilon,
          keepsWeights: true)
        guard folded.isFinite else { throw .notFinite(layer: name) }
        layer.setTrainedWeights(
          folded, steps: steps, levels: WeightLevels(bitCount: bitWidths.weights[index]),
          inputScale: source.scale,
          isSigned: geometry.hasSignedScales)
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
