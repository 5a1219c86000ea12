// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong with a recording that counts all the same: what is missing is digital silence.
package enum ClipFinding: Equatable, Sendable {
  /// The file ends before its header says, within the second that is heard; frames in its own rate.
  case truncated(path: String, expected: Int, found: Int)

  /// The file has no samples.
  case empty(path: String)
}
