// SPDX-License-Identifier: GPL-3.0-or-later

/// Why frames are missing from a captured stream.
package enum GapCause: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// The device's buffer was full before it was read.
  case overrun

  /// The machine slept.
  case suspended

  /// The device gave nothing, without an error.
  case stalled

  /// The device went away and came back.
  case deviceLost

  /// This process did not run.
  case stopped

  /// Frames were heard, but a recording could not keep them: only where a recording is replayed.
  case unrecorded

  /// The cause as the sidecar of a recording names it.
  package var name: String {
    switch self {
    case .overrun: "overrun"
    case .suspended: "suspended"
    case .stalled: "stalled"
    case .deviceLost: "deviceLost"
    case .stopped: "stopped"
    case .unrecorded: "unrecorded"
    }
  }
}
