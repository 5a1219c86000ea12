// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import NeuralNetwork
import SpeechDatasets
import Training

extension DatasetError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .storage(let error): error.explanation
    case .container(let path, let error): error.explanation.at(path)
    case .badLine(let path, let line, let field, let expected, let found):
      Explanation(
        text: "\(path): line \(line): \(field): expected \(expected), found \(found).",
        exitCode: .badData)
    case .empty(let path, let expected):
      Explanation(text: "\(path): expected \(expected), found none.", exitCode: .badData)
    case .missingClass(let word, let split, let sources):
      Explanation(
        text: "\(sources.joined(separator: ", ")): no \(split.rawValue) clips of '\(word)'. "
          + "Add recordings, or leave the word out of --keywords.", exitCode: .badData)
    case .missingMaterial(let kind, let split, let sources):
      Explanation(
        text: "\(sources.joined(separator: ", ")): no \(kind) for \(split.rawValue). "
          + "The network must also learn what is no keyword.", exitCode: .badData)
    case .heldOut(let path, let count):
      Explanation(
        text: "\(path): a fifth of the recordings of noise, by a hash of their names, is kept from "
          + "training, and \(count == 1 ? "the only one is" : "all \(count) are") of it. Add recordings.",
        exitCode: .badData)
    case .badKeywords(let keywords):
      Explanation(
        text: "--keywords \(JSONLine.quoted(keywords.joined(separator: ","))): expected different "
          + "words, none of them empty, reserved or with control characters.", exitCode: .usage)
    case .features(let path, let field, let expected, let found):
      Explanation(
        text: "\(path): this data gives features with \(field) \(expected), but \(found) is "
          + "asked for. Use recordings, or other features.", exitCode: .badData)
    case .unreadable(let path):
      Explanation(text: "\(path): the folder cannot be listed.", exitCode: .inputOutput)
    case .audio(let error): error.explanation
    case .configuration(let error): error.explanation
    case .unknownArchive, .targetExists, .targetBusy, .toolMissing, .downloadFailed, .wrongSum,
      .extractionFailed:
      downloadExplanation
    }
  }
}

extension NeuralNetworkError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .architecture(let error): error.explanation
    case .missingTensor(let name):
      Explanation(text: "tensor '\(name)' is missing.", exitCode: .badData)
    case .shape(let name, let expected, let found, let valueCount):
      Explanation(
        text: "tensor '\(name)': expected shape \(expected), found \(found) with \(valueCount) "
          + "values. The checkpoint is of another architecture.", exitCode: .badData)
    case .value(let name, let expected, let found):
      Explanation(
        text: "tensor '\(name)': expected \(expected), found \(found).", exitCode: .badData)
    }
  }
}

extension TrainingError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .outOfRange(let field, let found, let range):
      Explanation(
        text: "\(field): \(plain(found)), expected \(plain(range.lowerBound)) to "
          + "\(plain(range.upperBound)).",
        exitCode: .usage)
    case .layerBits(let found, let layers):
      Explanation(
        text: "bits of the layers: expected those that \(layers.joined(separator: ", ")) can have, "
          + "found \(found.weights) for weights, \(found.activations) for activations.",
        exitCode: .badData)
    case .mismatch(let field, let expected, let found):
      Explanation(
        text: "cannot resume: \(field) differ: \(expected) in the checkpoint, now \(found). Use "
          + "the options of the first run, or remove the file to start anew.", exitCode: .badData)
    case .notResumable(let missing):
      Explanation(
        text: "cannot resume: the checkpoint has no '\(missing)'; no training wrote it. "
          + "Remove the file to start anew.", exitCode: .badData)
    case .epoch(let found, let range):
      Explanation(
        text: "cannot resume: the checkpoint's epoch is '\(found)', expected "
          + "\(range.lowerBound) to \(range.upperBound). Remove the file to start anew.",
        exitCode: .badData)
    case .teacher(let field, let expected, let found):
      Explanation(
        text: "the teacher's \(field): expected \(expected), found \(found). Name a checkpoint of "
          + "a training on the same data, --keywords and features.", exitCode: .badData)
    case .diverged(let epoch, let batch):
      Explanation(
        text: "the loss is no longer a number in epoch \(epoch + 1), batch \(batch + 1). Lower "
          + "the learning rate, or lengthen the warm-up.", exitCode: .badData)
    case .network(let error): error.explanation
    case .data(let error): error.explanation
    }
  }
}

/// A number without the decimals that it does not have.
private func plain(_ value: Double) -> String {
  value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
}
