// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import NeuralNetwork
package import SpeechDatasets

/// Why a training run cannot start, go on or resume.
package enum TrainingError: Error {
  /// A value of the configuration lies outside its range.
  case outOfRange(field: String, found: Double, ClosedRange<Double>)

  /// The bits that a checkpoint's training simulated are none that these layers can have.
  case layerBits(found: BitWidths, layers: [String])

  /// The checkpoint belongs to another run: resuming it would not be the same training.
  case mismatch(field: String, expected: String, found: String)

  /// The checkpoint lacks what resuming needs: it is of a finished or foreign training.
  case notResumable(missing: String)

  /// The checkpoint's number of epochs done, as it stands there, is none of this run.
  case epoch(found: String, ClosedRange<Int>)

  /// The teacher was trained for another task.
  case teacher(field: String, expected: String, found: String)

  /// The loss is no longer a number; `epoch` and `batch` count from zero.
  case diverged(epoch: Int, batch: Int)

  /// The network cannot be built.
  case network(NeuralNetworkError)

  /// A batch cannot be made.
  case data(DatasetError)
}
