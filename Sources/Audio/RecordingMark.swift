// SPDX-License-Identifier: GPL-3.0-or-later

/// What a recording's sidecar says of one place in it.
package struct RecordingMark: BitwiseCopyable, Equatable, Sendable {
  package enum Kind: Equatable, Sendable, BitwiseCopyable {
    /// Frames that the device lost; bridged by zeros, or what listens restarted.
    case gap(frameCount: Int, cause: GapCause, isBridged: Bool)

    /// From here on the device runs at another rate, in Hz; what listens restarted.
    case rate(Int)

    /// From here on another model or other thresholds decided.
    case reconfigured

    /// Frames that were heard and could not be recorded.
    case unrecorded(frameCount: Int)

    /// Nothing follows.
    case end(RecordingEnd)
  }

  /// Frames of the recording before the mark.
  package var frame: Int

  package var kind: Kind
}

/// Why a recording ended, where its sidecar could still say so.
package enum RecordingEnd: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// What captured was told to stop.
  case stopped

  /// The device came back with another channel count or encoding, which one WAV file cannot hold.
  case formatChanged

  /// The reason as the sidecar names it.
  package var name: String {
    switch self {
    case .stopped: "stopped"
    case .formatChanged: "formatChanged"
    }
  }
}

/// Whether a recording goes on, and if not, why.
package enum RecordingState: UInt8, Sendable, CaseIterable {
  case recording

  /// Ended as `RecordingEnd` says.
  case stopped, formatChanged

  /// The writer stood still for so long that marks were lost, without which no replay is true.
  case marksLost

  /// A file could not be written: the disk is full, or gone.
  case failed
}
