// SPDX-License-Identifier: GPL-3.0-or-later

package import KeywordSpotting

/// The texts that the listener writes, made by who runs it: all wording stands in one place.
package struct ListenerWording: Sendable {
  /// The lines of an event: for a person, and as a JSON object; without line feeds.
  package var lines:
    @Sendable (_ detection: Detection, _ source: String, _ wallClock: Double?) -> (
      text: String, json: String
    )

  /// Writes a line to the log.
  package var log: @Sendable (ListenerReport) -> Void

  /// The line for the service manager.
  package var status: @Sendable (ListenerStatus) -> String

  package init(
    lines: @escaping @Sendable (Detection, String, Double?) -> (text: String, json: String),
    log: @escaping @Sendable (ListenerReport) -> Void,
    status: @escaping @Sendable (ListenerStatus) -> String
  ) {
    self.lines = lines
    self.log = log
    self.status = status
  }
}
