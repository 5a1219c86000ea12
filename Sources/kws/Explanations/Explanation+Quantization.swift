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
    case .notSimulated:
      Explanation(
        text: "the checkpoint is of a training in real numbers. "
          + "Quantize it by --method ptq or qat.", exitCode: .badData)
    case .noRange(let layer):
      Explanation(
        text: "layer '\(layer)': was 0 in all clips that its range was taken from. "
          + "Train for longer, or with other --activation-bits.", exitCode: .badData)
    case .notCalibrated:
      Explanation(
        text: "no calibration clip was shown. Check --data and --calibration-batches.",
        exitCode: .badData)
    }
  }
}
