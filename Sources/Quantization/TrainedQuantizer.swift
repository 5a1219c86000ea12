// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import NeuralNetwork
import Training

/// Makes a model of a checkpoint whose training simulated the integers: steps and ranges are those
/// that it learned.
package struct TrainedQuantizer {
  private let checkpoint: Checkpoint

  /// The simulation.
  package let network: Network

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
      network = try Network.of(checkpoint, bitWidths: bitWidths)
    } catch { throw .network(error) }
  }

  /// The model in integers.
  ///
  /// - Throws: `.noRange` for a tensor that was 0 wherever it was looked at, `.notFinite`.
  package func model(
    detection: DetectionParameters, provenance: Provenance
  ) throws(QuantizationError) -> QuantizedModel {
    try SimulatedModel(network: network, checkpoint: checkpoint).model(
      detection: detection, provenance: provenance)
  }
}
