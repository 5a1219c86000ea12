// SPDX-License-Identifier: GPL-3.0-or-later

/// Why audio could not be read.
///
/// A `reason` is the library's own text for what it met.
package enum AudioError: Error, Equatable {
  /// There is no such file.
  case notFound(path: String)

  /// A directory stands where a file is expected.
  case isDirectory(path: String)

  /// A recording cannot replace what is there: a device, a pipe, a link.
  case notARegularFile(path: String)

  /// The file has no bytes.
  case empty(path: String)

  /// The bytes are of no format that the sound file library knows.
  case notAudio(path: String)

  /// The header of a known format breaks its rules, or names an encoding that is not supported.
  case malformed(path: String, reason: String)

  /// The decoder gave up at `frame` of the file.
  case damaged(path: String, frame: Int, reason: String)

  /// The file's sample rate in Hz lies outside of what is accepted.
  case unsupportedRate(path: String, found: Int, supported: ClosedRange<Int>)

  /// A sample is not a number or infinite; frame and channel count from 0 in the file's own rate.
  case notFinite(path: String, frame: Int, channel: Int)

  /// The resampler could not be made or failed.
  case resampling(inputRate: Int, reason: String)

  /// A device's frames per second in Hz lie outside of what is accepted.
  case captureRate(found: Int, supported: ClosedRange<Int>)

  /// A device's channel count lies outside of what is accepted.
  case captureChannelCount(found: Int, supported: ClosedRange<Int>)

  /// Line `line` of a recording's sidecar is wrong, and which field of it.
  case sidecar(path: String, line: Int, field: String?, SidecarFault)

  /// A system call failed; `code` is its `errno`.
  case system(path: String, operation: String, code: Int32)
}
