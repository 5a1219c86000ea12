// SPDX-License-Identifier: GPL-3.0-or-later

/// What a capture has seen so far.
package struct CaptureAccount: Sendable {
  /// Frames that the device delivered and that went into the stream, at the rates they had.
  package internal(set) var capturedFrameCount = 0

  /// Frames that are known to be missing, at the rates they would have had.
  package internal(set) var lostFrameCount = 0

  /// Seconds that are known to be missing.
  package internal(set) var lostSeconds = 0.0

  /// Times that a device was opened after the first.
  package internal(set) var reopenCount = 0

  /// Faults that nobody asked for in time, of which neither beginning nor end is told.
  package internal(set) var droppedIncidentCount = 0

  private var counts = InlineArray<32, Int>(repeating: 0)

  /// How often `fault` began.
  package func count(of fault: CaptureFault) -> Int { counts[Int(fault.rawValue)] }

  mutating func add(_ fault: CaptureFault) { counts[Int(fault.rawValue)] += 1 }
}
