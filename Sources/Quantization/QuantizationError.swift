// SPDX-License-Identifier: GPL-3.0-or-later

package import NeuralNetwork

/// Why a checkpoint cannot be quantized.
package enum QuantizationError: Error, Equatable {
  /// The checkpoint's tensors do not fit its architecture.
  case network(NeuralNetworkError)

  /// A layer's folded weights, or what it puts out on calibration clips, are not finite or pass
  /// 1e30.
  case notFinite(layer: String)

  /// The checkpoint's training did not simulate integers.
  case notSimulated

  /// A tensor was 0 in every clip that the training looked at.
  case noRange(layer: String)

  /// No calibration clip was shown.
  case notCalibrated
}
