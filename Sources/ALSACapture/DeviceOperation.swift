// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import Threads

/// One call that may block for as long as a driver or a sound server pleases, on a thread of its
/// own.
///
/// A stopped sound server blocks whoever opens, restarts or closes a stream of it for ever. The
/// capture thread must go on meanwhile, so that what supervises it knows the difference.
final class DeviceOperation: Sendable {
  enum Outcome: Sendable {
    case opened(CaptureDevice)
    case restarted
    case closed
    case failed(CaptureError)
  }

  private struct Progress {
    var outcome: Outcome?
    var isAbandoned = false
  }

  private let progress = Mutex(Progress())
  /// A pipe that becomes readable with the outcome: a wait with a time limit.
  private let (reader, writer): (Int32, Int32)

  /// Starts `body`.
  init(_ body: @escaping @Sendable () -> Outcome) {
    var ends: [Int32] = [-1, -1]
    unsafe pipe(&ends)
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reader, writer) = (ends[0], ends[1])
    do {
      _ = try WorkerThread(name: "kws-device") { [self] in finish(body()) }
    } catch {
      // No thread is to be had: then it has to be done here.
      finish(body())
    }
  }

  deinit { Glibc.close(reader) }

  /// Opens and starts a device.
  static func open(_ configuration: MicrophoneConfiguration) -> DeviceOperation {
    DeviceOperation {
      do throws(CaptureError) {
        let device = try CaptureDevice(
          name: configuration.device, periodSeconds: configuration.periodSeconds,
          bufferSeconds: configuration.bufferSeconds)
        try device.start()
        return .opened(device)
      } catch {
        return .failed(error)
      }
    }
  }

  /// Restarts the stream of `device`, which nobody else may use until the outcome is there.
  static func restart(_ device: CaptureDevice, resuming: Bool) -> DeviceOperation {
    DeviceOperation {
      do throws(CaptureError) {
        try device.restart(resuming: resuming)
        return .restarted
      } catch {
        return .failed(error)
      }
    }
  }

  /// Closes `device`, which nobody else may use from now on.
  static func close(_ device: CaptureDevice) -> DeviceOperation {
    DeviceOperation {
      device.close()
      return .closed
    }
  }

  /// Waits for the outcome, for at most `milliseconds`; nil where it is not there yet.
  func wait(milliseconds: Int32) -> Outcome? {
    var request = pollfd(fd: reader, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, milliseconds) > 0 else { return nil }
    return progress.withLock { $0.outcome }
  }

  /// Nobody waits any more: a device that is opened all the same is closed again.
  func abandon() {
    let late = progress.withLock { progress -> Outcome? in
      progress.isAbandoned = true
      return progress.outcome
    }
    if case .opened(let device) = late { device.close() }
  }

  private func finish(_ outcome: Outcome) {
    let isAbandoned = progress.withLock { progress -> Bool in
      progress.outcome = outcome
      return progress.isAbandoned
    }
    if isAbandoned, case .opened(let device) = outcome { device.close() }
    // Not the closing alone: a child process may have inherited this end.
    var byte: UInt8 = 1
    _ = unsafe write(writer, &byte, 1)
    Glibc.close(writer)
  }
}
