// SPDX-License-Identifier: GPL-3.0-or-later

import ALSACapture
import KeywordSpotting

/// What the capture thread tells the control thread: plain bits, so that telling never allocates.
enum LineEvent: BitwiseCopyable, Sendable {
  /// A keyword, or nearly one.
  case spotted(SpottedKeyword)

  /// Something happened to the capture.
  case incident(CaptureIncident)

  /// Another spotter took over at this sample; what it spots names its labels.
  case replaced(generation: Int, at: Int)
}

/// A `Detection` without its texts, and when it was decided.
struct SpottedKeyword: BitwiseCopyable, Sendable {
  /// Which of the listener's plans decided, see `SpotterChange`.
  var generation: Int

  var labelIndex: Int
  var score: Float
  var threshold: Float
  var at: Int
  var start: Int
  var end: Int
  var isNearMiss: Bool

  /// Unix seconds of sample `at`.
  var wallClock: Double

  /// Seconds from sample `end - 1` at the microphone to the decision.
  var latencySeconds: Double

  init(
    _ detection: Detection, generation: Int, wallClock: Double, latencySeconds: Double
  ) {
    self.generation = generation
    labelIndex = detection.labelIndex
    score = detection.score
    threshold = detection.threshold
    at = detection.at
    start = detection.start
    end = detection.end
    isNearMiss = detection.isNearMiss
    self.wallClock = wallClock
    self.latencySeconds = latencySeconds
  }

  /// The detection with its label among `labels`.
  func detection(labels: [String]) -> Detection {
    var detection = Detection(
      labelIndex: labelIndex, label: labels[labelIndex], score: score, threshold: threshold,
      at: at, start: start, end: end)
    detection.isNearMiss = isNearMiss
    return detection
  }
}
