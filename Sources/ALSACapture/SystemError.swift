// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// What an `errno` of the sound library means for a capture.
package enum SystemError {
  package static let busy = EBUSY
  package static let timedOut = ETIMEDOUT

  /// The error that opening `device` gave.
  static func openError(
    device: String, operation: CaptureOperation, code: Int32, message: String
  ) -> CaptureError {
    switch code {
    case ENOENT, ENODEV, ENXIO: .notFound(device: device, code: code)
    case EBUSY: .busy(device: device)
    case EACCES, EPERM: .permission(device: device, code: code)
    default: .device(device: device, operation: operation, code: code, message: message)
    }
  }

  /// The fault that a device which cannot be opened has.
  static func openFault(_ code: Int32) -> CaptureFault {
    switch code {
    case ENOENT, ENODEV, ENXIO: .notFound
    case EBUSY: .busy
    case EACCES, EPERM: .permission
    default: .failed
    }
  }

  /// What an error while reading asks for.
  static func readFailure(_ code: Int32) -> ReadFailure {
    switch code {
    case EPIPE: .overrun
    case ESTRPIPE: .suspended
    default: .lost
    }
  }

  /// Kinds of errors while reading.
  enum ReadFailure { case overrun, suspended, lost }
}
