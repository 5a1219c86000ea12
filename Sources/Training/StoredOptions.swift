// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
import NeuralNetwork
import SpeechDatasets

/// The options that the training of a checkpoint left in it. What reads a checkpoint relies on them, and
/// anyone may have written the file.
package enum StoredOptions {
  /// Checks that they are such as a training can have; a checkpoint without options passes.
  ///
  /// - Throws: `TrainingError.outOfRange` or `.layerBits` for the first that is not.
  package static func check(_ checkpoint: Checkpoint) throws(TrainingError) {
    if let configuration = TrainingConfiguration.of(checkpoint) {
      try configuration.validate()
      if let bitWidths = configuration.bitWidths { try check(bitWidths, of: checkpoint) }
    }
    guard let augmentation = AugmentationConfiguration.of(checkpoint) else { return }
    for (field, value, largest) in [
      ("seconds of shift", Double(augmentation.shiftSeconds), 1.0),
      ("masks along time", Double(augmentation.timeMaskCount), 1000),
      ("seconds of a mask", Double(augmentation.timeMaskSeconds), 1000),
      ("masks along frequency", Double(augmentation.frequencyMaskCount), 1000),
      ("bins of a mask", Double(augmentation.frequencyMaskWidth), 1000),
      ("part of spliced speech", Double(augmentation.splicedSpeech ?? 0), 100),
    ] {
      try TrainingConfiguration.check(field, value, 0...largest)
    }
  }

  /// Every layer has bits that it can have.
  private static func check(
    _ bitWidths: BitWidths, of checkpoint: Checkpoint
  ) throws(TrainingError) {
    let geometry: [LayerGeometry]
    do { geometry = try checkpoint.architecture.geometry() } catch {
      throw .network(.architecture(error))
    }
    let weights = zip(geometry, bitWidths.weights).filter { $0.0.hasWeights }.map { $0.1 }
    guard bitWidths.weights.count == geometry.count,
      let possible = try? BitWidths(
        geometry, weights: weights, activations: bitWidths.activations), possible == bitWidths
    else { throw .layerBits(found: bitWidths, layers: geometry.map(\.layer.name)) }
  }
}
