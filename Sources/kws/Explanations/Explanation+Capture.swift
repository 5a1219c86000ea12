// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import Audio

extension CaptureError: ExplainedError {
  var explanation: Explanation {
    switch self {
    case .notFound(let device, let code):
      Explanation(
        text: "\(device): no such sound device (\(systemErrorText(code))). See kws devices.",
        exitCode: .unavailable)
    case .busy(let device):
      Explanation(
        text: "\(device): another program has the device. Find it with fuser -v /dev/snd/*, or "
          + "capture through the sound server it uses, such as --device pulse.",
        exitCode: .unavailable)
    case .permission(let device, let code):
      Explanation(
        text: "\(device): may not be opened (\(systemErrorText(code))). Add the user to the group "
          + "audio and log in again.", exitCode: .unavailable)
    case .device(let device, let operation, let code, let message):
      Explanation(
        text: "\(device): \(operation.words) failed: \(systemErrorText(code))"
          + (message.isEmpty ? "." : " (\(message))."), exitCode: .unavailable)
    case .unsupported(let device, let offer):
      Explanation(
        text: "\(device): offers nothing that can be captured: \(offer.ratesText) Hz, "
          + "\(offer.channelsText) channels, \(offer.encodingsText).", exitCode: .unavailable)
    case .timedOut(let device, let operation, let seconds):
      Explanation(
        text: "\(device): \(operation.words) did not come back within "
          + "\(fixed(seconds, decimals: 0)) s. The sound server or the driver hangs.",
        exitCode: .unavailable)
    case .audio(let error): error.explanation
    }
  }
}

extension CaptureError {
  /// The same in a few words, for a list.
  var reason: String {
    switch self {
    case .notFound: "no such device"
    case .busy: "in use by another program"
    case .permission(_, let code): systemErrorText(code)
    case .device(_, _, let code, let message):
      message.isEmpty ? systemErrorText(code) : message
    case .unsupported: "nothing to capture"
    case .timedOut(_, _, let seconds): "no answer within \(fixed(seconds, decimals: 0)) s"
    case .audio(let error): error.explanation.text
    }
  }
}

extension CaptureOperation {
  /// What was done, as the subject of a sentence.
  fileprivate var words: String {
    switch self {
    case .open: "opening"
    case .configure: "setting rate and format"
    case .start: "starting"
    case .restart: "restarting"
    case .read: "reading"
    case .close: "closing"
    }
  }
}

extension CaptureOffer {
  /// Such as `44100 48000`, or the limits where it takes every rate.
  var ratesText: String {
    if rates.lowerBound == rates.upperBound { return "\(rates.lowerBound)" }
    let isContinuous =
      standardRates
      == CaptureOffer.standardRates.filter { rates.contains($0) } && standardRates.count > 4
    return isContinuous || standardRates.isEmpty
      ? "\(rates.lowerBound)-\(rates.upperBound)"
      : standardRates.map { "\($0)" }.joined(separator: " ")
  }

  /// Such as `1-2`.
  var channelsText: String {
    channelCounts.lowerBound == channelCounts.upperBound
      ? "\(channelCounts.lowerBound)" : "\(channelCounts.lowerBound)-\(channelCounts.upperBound)"
  }

  /// Such as `int16 int32`.
  var encodingsText: String {
    encodings.isEmpty ? "no known encoding" : encodings.map(\.rawValue).joined(separator: " ")
  }
}

extension CaptureFormat {
  /// Such as `16000 Hz, 1 channel, int16`.
  var text: String {
    "\(rate) Hz, \(channelCount) channel\(channelCount == 1 ? "" : "s"), \(encoding.rawValue)"
  }
}
