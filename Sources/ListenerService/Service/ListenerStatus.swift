// SPDX-License-Identifier: GPL-3.0-or-later

package import ALSACapture
package import Audio

/// How the listener is, for one line that `systemctl status` shows.
package struct ListenerStatus: Sendable, Equatable {
  package var device: String
  package var state: CaptureState

  /// Nil until a device was open.
  package var format: CaptureFormat?

  /// Faults that have begun and not ended.
  package var faults: [CaptureFault]

  /// Detections so far and the last keyword.
  package var detectionCount: Int
  package var lastKeyword: String?
}
