// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import NeuralNetwork

extension Network {
  /// The network of a checkpoint as its training heard it: in real numbers, or with the integers that
  /// the training simulated.
  ///
  /// - Throws: `NeuralNetworkError` for tensors that do not fit the architecture or its bits.
  package static func of(_ checkpoint: Checkpoint) throws(NeuralNetworkError) -> Network {
    try of(checkpoint, bitWidths: TrainingConfiguration.of(checkpoint)?.bitWidths)
  }

  /// The network of a checkpoint that was trained with the integers of `bitWidths`; nil for real numbers.
  package static func of(
    _ checkpoint: Checkpoint, bitWidths: BitWidths?
  ) throws(NeuralNetworkError) -> Network {
    let network = try Network(
      architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    guard let bitWidths else { return network }
    network.bitWidths = bitWidths
    try network.loadQuantization(checkpoint.tensors)
    return network
  }
}
