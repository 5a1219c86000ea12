// SPDX-License-Identifier: GPL-3.0-or-later

/// How to capture, and what counts as a fault.
package struct MicrophoneConfiguration: Sendable, Equatable {
  /// ALSA's name of the device.
  package var device = "default"

  /// Seconds of audio after which the capture thread wakes up.
  package var periodSeconds = 0.02

  /// Seconds of audio that the device's ring holds, so the longest time that may pass unread; a
  /// device takes the nearest it can. Costs no latency.
  package var bufferSeconds = 4.0

  /// Whether a device that cannot be opened at the start is waited for, instead of an error.
  package var waitsForDevice = false

  /// Where the captured frames are written, before mixing and resampling; nil for nowhere.
  package var recordingPath: String?

  /// Seconds without a frame after which an open device is closed and opened again.
  package var stallSeconds = 2.0

  /// Seconds of exactly equal samples that are a fault.
  package var silenceSeconds = 60.0

  /// Seconds of a stuck offset or of clipping that are a fault.
  package var faultSeconds = 10.0

  /// Share of samples at full scale, in one second, that counts as clipping.
  package var clippedShare: Float = 0.01

  /// Share of full scale from which on an offset counts as stuck.
  package var stuckOffset: Float = 0.1

  /// Real-time priority of the thread that reads, 1 to 99; 0 leaves it as it is.
  package var realtimePriority = 0

  /// Seconds that opening may take at the start.
  package var openTimeoutSeconds = 5.0

  package init(device: String = "default") {
    self.device = device
  }
}
