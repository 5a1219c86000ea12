// SPDX-License-Identifier: GPL-3.0-or-later

/// How detections are printed.
package enum EventFormat: String, CaseIterable, Sendable {
  /// A line for a person: time, keyword, score.
  case text

  /// One JSON object per line, everything in it.
  case jsonl

  /// The keyword alone.
  case name
}
