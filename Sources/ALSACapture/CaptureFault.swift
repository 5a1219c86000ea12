// SPDX-License-Identifier: GPL-3.0-or-later

/// What can go wrong with a microphone.
package enum CaptureFault: UInt8, BitwiseCopyable, CaseIterable, Sendable {
  /// The device's ring ran full because it was not read in time.
  case overrun

  /// The system or the device slept.
  case suspended

  /// This process did not run, or ran too late, for longer than the device's ring holds.
  case stopped

  /// Frames disappeared without an error of the device.
  case dropped

  /// Another program has the device.
  case busy

  /// No such device.
  case notFound

  /// The device's node may not be opened.
  case permission

  /// The device went away while it was open.
  case unplugged

  /// Nothing comes although the device is open.
  case stalled

  /// The device cannot be opened or used for another reason.
  case failed

  /// Frames come at another rate than the device says.
  case wrongRate

  /// All samples are exactly equal: a switch, a mute, a dead converter.
  case digitalSilence

  /// A constant offset drowns everything else.
  case stuckOffset

  /// Too many samples lie at full scale.
  case clipping

  /// The recording of the capture cannot be written.
  case recordingFailed

  /// The thread may not have the real-time priority that was asked for.
  case priorityRefused

  /// The recording is over, as the device came back with other channels or another encoding.
  case recordingEnded

  /// Frames come as fast as they are read: no microphone, and no time line to be checked.
  case noClock
}

/// What became of a fault.
package enum FaultPhase: UInt8, BitwiseCopyable, Sendable {
  case began

  /// It is over: audio flows, or is as it should be.
  case ended

  /// Nothing more is to be told of it, although it was not seen to be over: another cause took its
  /// place, or the capture was stopped.
  case unresolved
}

/// One thing that happened to the capture.
///
/// Every excursion gives one `began` and, later, one `ended` or `unresolved`. What is over as soon as it
/// is noticed (an overrun) gives both at once.
package struct CaptureIncident: BitwiseCopyable, Sendable, Equatable {
  package var fault: CaptureFault
  package var phase: FaultPhase

  /// Sample at 16 kHz since the first captured frame: where it began, or where audio went on.
  package var at: Int

  /// Frames at the device's rate that this lost, known when it ends.
  package var lostFrameCount: Int

  /// Seconds from the beginning to the end, 0 when it begins.
  package var seconds: Float

  /// What was measured: the real rate in Hz, the offset of full scale, the share of clipped
  /// samples; 0 where there is nothing.
  package var value: Float

  /// The `errno`, 0 where there is none.
  package var code: Int32

  package init(
    fault: CaptureFault, phase: FaultPhase, at: Int, lostFrameCount: Int = 0, seconds: Float = 0,
    value: Float = 0, code: Int32 = 0
  ) {
    self.fault = fault
    self.phase = phase
    self.at = at
    self.lostFrameCount = lostFrameCount
    self.seconds = seconds
    self.value = value
    self.code = code
  }
}

/// What the capture is doing.
package enum CaptureState: UInt8, BitwiseCopyable, CaseIterable, Sendable {
  /// There is no device; the next try is in a moment, or when one appears.
  case waiting

  /// A device is being opened.
  case opening

  /// Frames flow.
  case running

  /// The stream is being restarted after it broke.
  case recovering

  /// The stream is being restarted after a suspend.
  case suspended

  /// Nothing came for too long; the device is being closed.
  case stalled

  /// Over, by `stop()`.
  case stopped
}
