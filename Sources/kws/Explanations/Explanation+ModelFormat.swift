// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import ModelFormat
import Storage

extension StorageError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .notFound(let path):
      Explanation(text: "\(path): no such file. Check the path.", exitCode: .missingInput)
    case .isDirectory(let path):
      Explanation(text: "\(path): is a directory, expected a file.", exitCode: .missingInput)
    case .tooLarge(let path, let byteCount, let limit):
      Explanation(
        text: "\(path): \(byteCount) bytes, expected at most \(limit). Is it the right file?",
        exitCode: .badData)
    case .system(let path, "create", ENOENT):
      Explanation(
        text: "\(path): cannot be written: its folder does not exist. Create it first.",
        exitCode: .inputOutput)
    case .system(let path, let operation, let code):
      Explanation(
        text: "\(path): \(operation) failed: \(systemErrorText(code)).", exitCode: .inputOutput)
    }
  }
}

extension ModelFormatError: ExplainedError {
  var explanation: Explanation {
    Explanation(text: "\(fact) \(advice)", exitCode: .badData)
  }

  private var fact: String {
    switch self {
    case .truncated(let field, let expected, let found):
      "the \(field) should end at byte \(expected), but the file has \(found)."
    case .badHeader(let detail): "the header does not fit: \(detail)."
    case .unknownType(let tensor, let found):
      "tensor '\(tensor)' has type '\(found)', expected U8, I8, I32 or F32."
    case .badRange(let tensor, let expected, let found):
      "tensor '\(tensor)' has a byte range that does not fit: expected \(expected), found \(found)."
    case .missingTensor(let name): "tensor '\(name)' is missing."
    case .badTensor(let name, let expected, let found):
      "tensor '\(name)': expected \(expected), found \(found)."
    case .missingField(let name): "metadata field '\(name)' is missing."
    case .badField(let name, let expected, let found):
      "metadata field '\(name)': expected \(expected), found \(found)."
    case .digestMismatch(let expected, let found):
      "the content was changed after it was written: SHA-256 \(found), sealed as \(expected)."
    case .architecture(let error): error.explanation.text
    }
  }

  private var advice: String {
    switch self {
    case .badField(MetadataKey.kind, QuantizedModel.kind, Checkpoint.kind):
      "This is a checkpoint: make a model of it with 'kws quantize'."
    case .badField(MetadataKey.kind, Checkpoint.kind, QuantizedModel.kind):
      "This is a model; name the checkpoint that it was made of."
    case .architecture: "Correct the architecture."
    default: "Get the file anew, or make it with 'kws train' and 'kws quantize'."
    }
  }

  private enum MetadataKey { static let kind = "kws.kind" }
}

extension ArchitectureError: ExplainedError {
  var explanation: Explanation {
    let text =
      switch self {
      case .empty: "the architecture has no layers."
      case .noDenseHead: "the architecture's last layer must be dense."
      case .badName(let layer):
        "layer name \(String(layer.prefix(80)).debugDescription) is empty, reserved, used twice, "
          + "longer than 200 characters, or has a slash or a control character."
      case .unknownLayer(let layer, let reference):
        "layer '\(layer)' refers to '\(reference)', which does not stand before it."
      case .outOfRange(let layer, let field, let found, let range):
        "layer '\(layer)': \(field) is \(found), expected \(range.lowerBound) to \(range.upperBound)."
      case .tooManyWeights(let layer, let found, let limit):
        "up to layer '\(layer)' there are \(found) weights, expected at most \(limit)."
      case .tooManyActivations(let layer, let found, let limit):
        "up to layer '\(layer)' a window has \(found) activations, expected at most \(limit)."
      case .kernelPastInput(let layer, let kernel, let frequencyCount):
        "layer '\(layer)': kernel of \(kernel) frequencies without padding, expected at most the "
          + "\(frequencyCount) of its input."
      case .unevenBands(let layer, let frequencyCount, let bandCount):
        "layer '\(layer)': \(frequencyCount) frequencies in \(bandCount) bands, expected a number of "
          + "bands that divides them."
      case .addendShape(let layer, let addend):
        "layer '\(layer)': its input and its addend '\(addend)' differ in channels or time stride, or "
          + "the addend has neither one frequency nor the input's."
      case .addendAcrossPool(let layer, let addend):
        "layer '\(layer)': its input and its addend '\(addend)' stand on two sides of the average pool."
      case .badDropout(let layer, let found):
        "layer '\(layer)': dropout is \(found), expected at least 0 and below 1."
      case .residualShape(let layer, let residual):
        "layer '\(layer)': its output and its residual '\(residual)' differ in shape."
      case .timeAfterPool(let layer, let field, let found):
        "layer '\(layer)': \(field) is \(found), expected 1 after the average pool."
      case .secondPool(let layer):
        "layer '\(layer)' is an average pool after another, expected one."
      case .residualAcrossPool(let layer, let residual):
        "layer '\(layer)' and its residual '\(residual)' stand on two sides of the average pool."
      case .notAllowed(let layer, let field): "layer '\(layer)' cannot have \(field)."
      }
    return Explanation(text: text, exitCode: .badData)
  }
}
