// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import NeuralNetwork
package import SpeechDatasets
package import Training

/// Why a search cannot start, go on or resume.
package enum SearchError: Error {
  /// A value of the configuration lies outside its range.
  case outOfRange(field: String, found: Double, ClosedRange<Double>)

  /// No network of the space is as cheap as the limit.
  case unreachable(metric: CostMetric, most: Double, ClosedRange<Double>)

  /// The checkpoint belongs to another search: going on from it would not be the same search.
  case mismatch(field: String, expected: String, found: String)

  /// The checkpoint lacks what resuming needs.
  case notResumable(missing: String)

  /// The loss is no longer a number; `epoch` and `batch` count from zero.
  case diverged(epoch: Int, batch: Int)

  case network(NeuralNetworkError)
  case data(DatasetError)
  case training(TrainingError)
}
