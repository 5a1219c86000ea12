// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import SpeechFeatures

extension FeatureError: ExplainedError {
  var explanation: Explanation {
    let text =
      switch self {
      case .outOfRange(let field, let found, let allowed):
        "\(field.rawValue) is \(found), expected \(allowed.lowerBound) to \(allowed.upperBound)."
      case .band(let low, let high, let limit):
        "the mel band is \(low) to \(high) Hz, expected a band between 0 and \(limit) Hz."
      case .powerFloor(let found, let least):
        "the floor of the power is \(found), expected a finite number of at least \(least)."
      case .unknownInstructionSet(let found, let available):
        "this processor has no \(found) kernels; it has \(available.joined(separator: ", "))."
      case .transformUnavailable(let length):
        "FFTW has no plan for a transform of \(length) samples."
      }
    return Explanation(text: text, exitCode: .badData)
  }
}

extension InferenceError: ExplainedError {
  var explanation: Explanation {
    if case .architecture(let error) = self { return error.explanation }
    return Explanation(text: "\(fact) Make the model anew with 'kws quantize'.", exitCode: .badData)
  }

  private var fact: String {
    switch self {
    case .architecture(let error): error.explanation.text
    case .unknownInstructionSet(let found, let available):
      "this processor has no \(found) kernels; it has \(available.joined(separator: ", "))."
    case .count(let layer, let field, let expected, let found):
      "layer '\(layer)': \(found) values of \(field), expected \(expected)."
    case .scale(let layer, let field, let index, let found):
      "layer '\(layer)': \(field) \(index) is \(found), expected a positive number up to 2^60."
    case .notFinite(let layer, let field, let index):
      "layer '\(layer)': \(field) \(index) is not a finite number."
    case .zeroPoint(let layer, let found):
      "layer '\(layer)': zero point \(found), expected 0 to 255."
    case .weight(let layer, let index, let found):
      "layer '\(layer)': weight \(index) is \(found), expected -127 to 127."
    case .outputQuantization(let layer, let expected):
      "layer '\(layer)' \(expected ? "lacks" : "must not have") the quantization of an output."
    case .differentQuantization(let layer, let expected, let found):
      "layer '\(layer)' moves no values, so its quantization must be its input's, scale "
        + "\(expected.scale) and zero point \(expected.zeroPoint); found "
        + (found.map { "scale \($0.scale) and zero point \($0.zeroPoint)." } ?? "none.")
    case .accumulatorOverflow(let layer, let channel, let bound):
      "layer '\(layer)', channel \(channel): sums can reach \(bound), past 32 bits."
    case .stateSize(let found, let limit):
      "a stream would need \(found) bytes of memory, expected at most \(limit)."
    }
  }
}
