// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import Inference
import KeywordSpotting
import SpeechFeatures

extension AudioError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .notFound(let path):
      Explanation(text: "\(path): no such file. Check the path.", exitCode: .missingInput)
    case .isDirectory(let path):
      Explanation(
        text: "\(path): is a directory, expected a recording"
          + (path == "-"
            ? "." : ". Name its files, such as \(path)\(path.hasSuffix("/") ? "" : "/")*.wav."),
        exitCode: .missingInput)
    case .notARegularFile(let path):
      Explanation(
        text: "\(path): is no ordinary file, which a recording could replace. Name another one.",
        exitCode: .inputOutput)
    case .empty(let path):
      Explanation(text: "\(path): the file is empty, expected a recording.", exitCode: .badData)
    case .notAudio(let path):
      Explanation(
        text: "\(path): not a recording in a known format (WAV, FLAC, Ogg, Opus, MP3).",
        exitCode: .badData)
    case .malformed(let path, let reason):
      Explanation(
        text: "\(path): broken header: \(sentence(reason)) Record or convert it anew.",
        exitCode: .badData)
    case .damaged(let path, let frame, let reason):
      Explanation(
        text: "\(path): cannot be decoded from frame \(frame) on: \(sentence(reason))",
        exitCode: .badData)
    case .unsupportedRate(let path, let found, let supported):
      Explanation(
        text: "\(path): \(found) samples per second, expected \(supported.lowerBound) to "
          + "\(supported.upperBound).", exitCode: .badData)
    case .notFinite(let path, let frame, let channel):
      Explanation(
        text: "\(path): frame \(frame), channel \(channel): not a finite number. The file was "
          + "damaged or written by a broken tool.", exitCode: .badData)
    case .resampling(let inputRate, let reason):
      Explanation(
        text: "resampling from \(inputRate) Hz failed: \(reason).", exitCode: .internalError)
    case .captureRate(let found, let supported):
      Explanation(
        text: "the device gives \(found) frames per second, expected \(supported.lowerBound) to "
          + "\(supported.upperBound).", exitCode: .badData)
    case .captureChannelCount(let found, let supported):
      Explanation(
        text: "the device has \(found) channels, expected \(supported.lowerBound) to "
          + "\(supported.upperBound).", exitCode: .badData)
    case .sidecar(let path, let line, let field, let fault):
      Explanation(
        text: "\(path): line \(line)\(field.map { ", field \($0)" } ?? ""): \(fault.text) "
          + "Remove the file to hear the recording without its gaps.", exitCode: .badData)
    case .system(let path, let operation, let code):
      Explanation(
        text: "\(path): \(operation) failed: \(systemErrorText(code)).", exitCode: .inputOutput)
    }
  }
}

extension SidecarFault {
  fileprivate var text: String {
    switch self {
    case .tooLong(let limit): "longer than \(limit) bytes."
    case .notJSON: "expected a JSON object, found none."
    case .missing: "expected, not there."
    case .wrongType: "the value is of the wrong type or too large."
    case .outOfRange(let found, let range):
      "\(found), expected \(range.lowerBound) to \(range.upperBound)."
    case .unknownValue(let found): "'\(found)' is not known."
    case .differs(let expected, let found): "\(found), but the recording has \(expected)."
    }
  }
}

extension EvaluationError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .notFound(let path):
      Explanation(text: "\(path): no such folder. Check the path.", exitCode: .missingInput)
    case .notADirectory(let path):
      Explanation(
        text: "\(path): expected a folder with one folder of recordings per class.",
        exitCode: .missingInput)
    case .unreadable(let path):
      Explanation(text: "\(path): cannot be listed. Check its permissions.", exitCode: .inputOutput)
    case .noClips(let path, let labels):
      Explanation(
        text: "\(path): expected folders with recordings, named after the model's labels "
          + "(\(labels.joined(separator: ", "))), found none.", exitCode: .badData)
    case .audio(let error): error.explanation
    case .noRecordings(let path):
      Explanation(
        text: "\(path): expected recordings (WAV, FLAC, Ogg, Opus or MP3), found none.",
        exitCode: .badData)
    case .noSound(let path):
      Explanation(
        text: "\(path): expected a second of sound or more to mix in, found none.",
        exitCode: .badData)
    case .crowded(let needed, let seconds):
      Explanation(
        text: "the words and the time between them take \(fixed(needed, decimals: 1)) s, the "
          + "recording is to have \(fixed(seconds, decimals: 1)). Make it longer, or ask for fewer words or "
          + "less --spacing.", exitCode: .usage)
    case .truth(let path, let line, let expected, let found):
      Explanation(
        text: "\(path): line \(line): expected \(expected), found '\(found)'.",
        exitCode: .badData)
    }
  }
}

extension SpottingError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .features(let error):
      Explanation(
        text: "the model's features cannot be computed: \(error.explanation.text)",
        exitCode: .badData)
    case .inference(let error):
      Explanation(
        text: "the model's network cannot be run: \(error.explanation.text)", exitCode: .badData)
    case .coefficientCount(let expected, let found):
      Explanation(
        text: "the model's features have \(found) coefficients, its network reads \(expected).",
        exitCode: .badData)
    case .sampleRate(let expected, let found):
      Explanation(
        text: "the model hears \(found) samples per second, expected \(expected).",
        exitCode: .badData)
    case .hopLength(let expected, let found):
      Explanation(
        text: "the model's features have a hopLength of \(found) samples, expected "
          + "\(expected.lowerBound) to \(expected.upperBound).", exitCode: .badData)
    case .parameter(let field, let found, let range):
      Explanation(
        text: "detection parameter \(field) is \(found), expected \(range.lowerBound) to "
          + "\(range.upperBound).", exitCode: .badData)
    case .unknownLabel(let field, let label):
      Explanation(
        text: "detection parameter \(field) names '\(label)', which the model does not know.",
        exitCode: .badData)
    }
  }
}

/// A library's own text, which may end with a period or not.
private func sentence(_ text: String) -> String { text.hasSuffix(".") ? text : text + "." }
