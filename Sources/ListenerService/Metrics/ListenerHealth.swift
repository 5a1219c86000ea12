// SPDX-License-Identifier: GPL-3.0-or-later

/// Whether the listener hears.
package struct ListenerHealth: Sendable, Equatable {
  /// Audio went through inference a moment ago.
  package var isHealthy: Bool

  /// The service has begun its work.
  package var isReady: Bool

  /// What the capture is doing.
  package var captureState: String

  /// Since audio last went through inference; nil where it never did.
  package var secondsWithoutAudio: Double?

  /// One JSON object, without a line feed.
  package var json: String {
    let seconds = secondsWithoutAudio.map { "\(($0 * 10).rounded() / 10)" } ?? "null"
    return "{\"healthy\":\(isHealthy),\"ready\":\(isReady),\"captureState\":\"\(captureState)\","
      + "\"secondsWithoutAudio\":\(seconds)}"
  }
}
