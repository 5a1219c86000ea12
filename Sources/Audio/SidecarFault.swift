// SPDX-License-Identifier: GPL-3.0-or-later

/// What is wrong with a line of a recording's sidecar.
package enum SidecarFault: Equatable, Sendable {
  /// The line is longer than this many bytes.
  case tooLong(limit: Int)

  /// The line is no JSON object.
  case notJSON

  /// The field is not there.
  case missing

  /// The field is no text, no whole number, or neither true nor false.
  case wrongType

  case outOfRange(found: Int, ClosedRange<Int>)

  case unknownValue(found: String)

  /// The field says otherwise than the sound file.
  case differs(expected: String, found: String)
}
