// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import Threads

/// One call that may block for as long as a driver or a sound server pleases, on a thread of its
/// own.
///
/// A stopped sound server blocks whoever opens, restarts or closes a stream of it for ever. The
/// capture thread must go on meanwhile, so that what supervises it knows the difference. Needs no
/// descriptor: a process that ran out of them must hear again once it has some.
@safe final class DeviceOperation: @unchecked Sendable {
  enum Outcome: Sendable {
    case opened(CaptureDevice)
    case restarted
    case closed
    case openFailed(CaptureError)
    case restartFailed(CaptureError)
  }

  private struct Progress {
    var outcome: Outcome?
    var isAbandoned = false
  }

  @safe private struct Signal {
    var mutex = unsafe pthread_mutex_t()
    var condition = pthread_cond_t()
    var isSet = false
  }

  private let progress = Mutex(Progress())
  /// Tells a waiter that the outcome is there.
  private let signal: UnsafeMutablePointer<Signal>
  /// The device that the call uses.
  private let device: CaptureDevice?

  /// Starts `body`, which uses `device`; `withoutThread` gives the outcome where no thread is to be
  /// had.
  private init(
    device: CaptureDevice? = nil, withoutThread: (ThreadError) -> Outcome,
    _ body: @escaping @Sendable () -> Outcome
  ) {
    unsafe signal = .allocate(capacity: 1)
    unsafe signal.initialize(to: Signal())
    unsafe pthread_mutex_init(&signal.pointee.mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    unsafe pthread_cond_init(&signal.pointee.condition, &attributes)
    unsafe pthread_condattr_destroy(&attributes)
    self.device = device
    do throws(ThreadError) {
      _ = try WorkerThread(name: "kws-device") { [self] in finish(body()) }
    } catch {
      finish(withoutThread(error))
    }
  }

  deinit {
    unsafe pthread_cond_destroy(&signal.pointee.condition)
    unsafe pthread_mutex_destroy(&signal.pointee.mutex)
    unsafe signal.deallocate()
  }

  /// Opens and starts a device.
  static func open(_ configuration: MicrophoneConfiguration) -> DeviceOperation {
    DeviceOperation(
      withoutThread: { .openFailed(failure($0, configuration.device, .open)) },
      {
        do throws(CaptureError) {
          let device = try CaptureDevice(
            name: configuration.device, periodSeconds: configuration.periodSeconds,
            bufferSeconds: configuration.bufferSeconds)
          try device.start()
          return .opened(device)
        } catch {
          return .openFailed(error)
        }
      })
  }

  /// Restarts the stream of `device`, which nobody else may use until the outcome is there.
  static func restart(_ device: CaptureDevice, resuming: Bool) -> DeviceOperation {
    DeviceOperation(
      device: device,
      withoutThread: { .restartFailed(failure($0, device.name, .restart)) },
      {
        do throws(CaptureError) {
          try device.restart(resuming: resuming)
          return .restarted
        } catch {
          return .restartFailed(error)
        }
      })
  }

  /// Closes `device`, which nobody else may use from now on.
  static func close(_ device: CaptureDevice) -> DeviceOperation {
    DeviceOperation(
      device: device,
      // It has to be done here then.
      withoutThread: { _ in
        device.close()
        return .closed
      },
      {
        device.close()
        return .closed
      })
  }

  /// Waits for the outcome, for at most `milliseconds`; nil where it is not there yet.
  func wait(milliseconds: Int32) -> Outcome? {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    let nanoseconds = time.tv_nsec + Int(milliseconds) * 1_000_000
    time.tv_sec += nanoseconds / 1_000_000_000
    time.tv_nsec = nanoseconds % 1_000_000_000
    unsafe pthread_mutex_lock(&signal.pointee.mutex)
    while unsafe !signal.pointee.isSet
      && pthread_cond_timedwait(&signal.pointee.condition, &signal.pointee.mutex, &time) == 0
    {}
    unsafe pthread_mutex_unlock(&signal.pointee.mutex)
    return progress.withLock { $0.outcome }
  }

  /// Nobody waits any more, nor uses the device: it is closed, by the call that uses it if that is
  /// still on its way.
  func abandon() {
    let late = progress.withLock { progress -> Outcome? in
      progress.isAbandoned = true
      return progress.outcome
    }
    if let late, let device = remaining(late) { _ = Self.close(device) }
  }

  private func finish(_ outcome: Outcome) {
    let isAbandoned = progress.withLock { progress -> Bool in
      progress.outcome = outcome
      return progress.isAbandoned
    }
    if isAbandoned { remaining(outcome)?.close() }
    unsafe pthread_mutex_lock(&signal.pointee.mutex)
    unsafe signal.pointee.isSet = true
    unsafe pthread_cond_signal(&signal.pointee.condition)
    unsafe pthread_mutex_unlock(&signal.pointee.mutex)
  }

  /// The device that is open after `outcome`.
  private func remaining(_ outcome: Outcome) -> CaptureDevice? {
    switch outcome {
    case .opened(let device): device
    case .restarted, .restartFailed: device
    case .closed, .openFailed: nil
    }
  }

  private static func failure(
    _ error: ThreadError, _ device: String, _ operation: CaptureOperation
  ) -> CaptureError {
    var code = EAGAIN
    if case .cannotStart(_, let number) = error { code = number }
    return SystemError.openError(device: device, operation: operation, code: code, message: "")
  }
}
