// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import Reports

/// A recording that was heard as a whole, and what went wrong in it.
struct HeardRecording {
  var path: String
  var seconds: Double

  /// Words without a detection, with the highest score they reached.
  var misses: [ScorePeaks.Word]
  var falseAlarms: [ScoredDetection]

  /// Whether no keyword is spoken in it.
  var isBackground: Bool

  /// Parts of the recording to listen to, by seconds.
  ///
  /// What lies outside of the recording is left out.
  ///
  /// - Throws: `AudioError`.
  func sounds(_ parts: [ClosedRange<Double>]) throws -> [Sound] {
    let rate = AudioFormat.sampleRate
    let ranges = parts.map { part in
      let start = Int(max(part.lowerBound, 0) * Double(rate))
      return start..<max(start, Int(part.upperBound * Double(rate)))
    }
    let samples = try SoundExcerpts.read(path, ranges)
    return samples.map { Sound(samples: $0, rate: rate) }
  }
}
