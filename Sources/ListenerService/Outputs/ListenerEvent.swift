// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// One detection or near miss on its way to the outputs, with the lines that they write.
package struct ListenerEvent: Sendable, Equatable {
  package var detection: Detection

  /// The name of the device or recording.
  package var source: String

  /// Unix seconds of sample `detection.at`.
  package var wallClock: Double

  /// The encoded lines, without their line feed.
  package var text: String
  package var json: String

  /// Samples per second of every index.
  package var sampleRate: Int { 16_000 }

  package init(
    detection: Detection, source: String, wallClock: Double,
    text: String, json: String
  ) {
    self.detection = detection
    self.source = source
    self.wallClock = wallClock
    self.text = text
    self.json = json
  }

  /// The line in `format`, without its line feed.
  package func line(_ format: EventFormat) -> String {
    switch format {
    case .text: text
    case .jsonl: json
    case .name: detection.label
    }
  }
}
