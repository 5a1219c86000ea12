// SPDX-License-Identifier: GPL-3.0-or-later

import NeuralNetwork
import Quantization

extension QuantizationError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .network(let error): error.explanation
    case .notFinite(let layer):
      Explanation(
        text: "layer '\(layer)': its numbers overflow, so the checkpoint is of a training that "
          + "went wrong. Train anew, with a lower --learning-rate.", exitCode: .badData)
    case .notCalibrated:
      Explanation(
        text: "no calibration clip was shown. Check --data and --calibration-batches.",
        exitCode: .badData)
    }
  }
}
