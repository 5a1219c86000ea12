// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio

/// Why a device cannot be opened or used; `code` is an `errno`.
package enum CaptureError: Error, Equatable {
  /// No device goes by this name (ENOENT, ENODEV, ENXIO).
  case notFound(device: String, code: Int32)

  /// Another program has it (EBUSY).
  case busy(device: String)

  /// The device's node may not be opened by this user (EACCES, EPERM).
  case permission(device: String, code: Int32)

  /// A call of the sound library failed; `message` is the last thing it said about it, or empty.
  case device(device: String, operation: CaptureOperation, code: Int32, message: String)

  /// The device offers nothing that can be captured.
  case unsupported(device: String, offer: CaptureOffer)

  /// The call has not come back, such as from a sound server that has stopped.
  case timedOut(device: String, operation: CaptureOperation, seconds: Double)

  /// The recording could not be started, or the resampler not be made.
  case audio(AudioError)

  /// The `errno`, 0 where there is none.
  package var code: Int32 {
    switch self {
    case .notFound(_, let code), .permission(_, let code), .device(_, _, let code, _): code
    case .busy: SystemError.busy
    case .timedOut: SystemError.timedOut
    case .unsupported, .audio: 0
    }
  }
}

/// What was asked of a device.
package enum CaptureOperation: String, Sendable, Equatable {
  case open
  case configure
  case start
  case restart
  case read
  case close
}
