// SPDX-License-Identifier: GPL-3.0-or-later

package import ALSACapture
package import Audio

/// Something that the listener tells in its log, as facts; the text is made by who runs it.
package enum ListenerReport: Sendable {
  /// Audio went through the network, on these kernels, for the first time, this many seconds after the
  /// process began.
  case listening(
    device: String, CaptureFormat, instructionSet: String, secondsSinceStart: Double)

  /// The capture is recorded at `path`, another than asked for where that was taken.
  case recording(path: String)

  /// The disk was too slow for the end of the recording at `path`.
  case recordingCut(path: String, frameCount: Int)

  /// Something happened to the capture; this many of its kind were held back since the last line.
  case incident(CaptureIncident, device: String, heldBackCount: Int)

  /// Something happened to an output.
  case output(OutputReport)

  /// A new configuration holds. These settings changed but need a restart.
  case reloaded(needRestart: [Setting])

  /// A new configuration was refused; the old one holds.
  case reloadRefused(any Error)

  /// The control thread was too slow: this many detections could not be handed over.
  case eventsLost(count: Int)

  /// A signal asked for the end.
  case stopping(signal: Int32)

  /// The capture thread did not come to its end in time, such as in a call to a sound server that
  /// does not answer; the process ends without it.
  case captureStuck(seconds: Double)
}
