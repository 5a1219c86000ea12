// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
import NeuralNetwork
import SpeechDatasets

/// The options that the training of a checkpoint left in it. What reads a checkpoint relies on them, and
/// anyone may have written the file.
package enum StoredOptions {
  /// Checks that they are such as a training can have; a checkpoint without options passes.
  ///
  /// - Throws: `TrainingError.stored` for the first that is not.
  package static func check(_ checkpoint: Checkpoint) throws(TrainingError) {
    if let configuration = TrainingConfiguration.of(checkpoint) {
      do { try configuration.validate() } catch {
        guard case .outOfRange(let field, let found, let range) = error else { throw error }
        throw .stored(
          field: field, expected: "\(text(range.lowerBound)) to \(text(range.upperBound))",
          found: text(found))
      }
      if let bitWidths = configuration.bitWidths { try check(bitWidths, of: checkpoint) }
    }
    if let augmentation = AugmentationConfiguration.of(checkpoint) {
      for (field, count) in [
        ("masks along time", augmentation.timeMaskCount),
        ("masks along frequency", augmentation.frequencyMaskCount),
      ] where !(0...1_000).contains(count) {
        throw .stored(field: field, expected: "0 to 1000", found: "\(count)")
      }
      if let part = augmentation.splicedSpeech, !(0...100).contains(part) {
        throw .stored(field: "part of spliced speech", expected: "0 to 100", found: "\(part)")
      }
    }
  }

  /// A number without the decimals that it does not have.
  private static func text(_ value: Double) -> String {
    Int(exactly: value).map { "\($0)" } ?? "\(value)"
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
    else {
      throw .stored(
        field: "bits of the layers",
        expected: "\(geometry.count) of weights and of activations that each layer can have",
        found: "\(bitWidths.weights) and \(bitWidths.activations)")
    }
  }
}
