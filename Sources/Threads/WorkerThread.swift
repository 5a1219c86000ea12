// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Why a thread could not be had as asked for; `code` is an `errno` value.
package enum ThreadError: Error, Equatable {
  case cannotStart(name: String, code: Int32)
  case priorityRefused(priority: Int, code: Int32)

  /// No pipe could be made.
  case noPipe(code: Int32)
}

/// A thread that runs one body to its end.
///
/// Plain threads and not tasks: a thread that waits for sound or for a slow reader must not hold
/// one of the few threads of a pool, and what runs beside what is to be seen in a list of threads.
/// Every signal is blocked in it, so that signals come to the one thread that waits for them, and
/// it has the ordinary priority, whatever its maker has.
package final class WorkerThread: Sendable {
  /// Bytes of stack; most of it is never touched and so costs no memory.
  private static let stackByteCount = 512 << 10

  private struct Handle: @unchecked Sendable {
    var thread: pthread_t
  }

  private let handle: Handle
  private let isJoined = Atomic<Bool>(false)

  /// Starts `body` on a thread called `name`, of which the system shows the first 15 bytes.
  package init(name: String, _ body: @escaping @Sendable () -> Void) throws(ThreadError) {
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, Self.stackByteCount)
    // Without this the helpers of a real-time thread would be as urgent as it is. Only then, since
    // it takes one more system call, which a sandbox may forbid.
    if sched_getscheduler(0) != SCHED_OTHER {
      unsafe pthread_attr_setinheritsched(&attributes, Int32(PTHREAD_EXPLICIT_SCHED))
      unsafe pthread_attr_setschedpolicy(&attributes, SCHED_OTHER)
      // Else the priority would still be the maker's, which this policy does not know.
      var parameters = sched_param()
      unsafe pthread_attr_setschedparam(&attributes, &parameters)
    }
    let start = unsafe Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var thread = pthread_t()
    let previous = Self.blockSignals()
    let code = unsafe pthread_create(
      &thread, &attributes,
      { raw in unsafe runThread(raw) }, start.toOpaque())
    Self.restoreSignals(previous)
    guard code == 0 else {
      unsafe start.release()
      throw .cannotStart(name: name, code: code)
    }
    handle = Handle(thread: thread)
  }

  deinit {
    if !isJoined.load(ordering: .relaxed) { pthread_detach(handle.thread) }
  }

  /// Waits for the end of the body. To be called once.
  package func join() {
    isJoined.store(true, ordering: .relaxed)
    pthread_join(handle.thread, nil)
  }

  /// Gives the calling thread a real-time priority (round robin), 1 to 99.
  ///
  /// - Throws: `ThreadError.priorityRefused`, as where the limit RLIMIT_RTPRIO is too low.
  package static func becomeRealtime(priority: Int) throws(ThreadError) {
    var parameters = sched_param()
    parameters.sched_priority = Int32(priority)
    let code = unsafe pthread_setschedparam(pthread_self(), SCHED_RR, &parameters)
    guard code == 0 else { throw .priorityRefused(priority: priority, code: code) }
  }

  // A new thread inherits the mask of its maker, so that no signal can slip in before it has its
  // own.

  private static func blockSignals() -> sigset_t {
    var all = sigset_t()
    var previous = sigset_t()
    unsafe sigfillset(&all)
    unsafe pthread_sigmask(SIG_SETMASK, &all, &previous)
    return previous
  }

  private static func restoreSignals(_ previous: sigset_t) {
    var previous = previous
    unsafe pthread_sigmask(SIG_SETMASK, &previous, nil)
  }
}

/// What a new thread takes over.
private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

/// The first function of every thread.
private func runThread(_ raw: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  let start = unsafe Unmanaged<ThreadStart>.fromOpaque(raw!).takeRetainedValue()
  nameThisThread(start.name)
  start.body()
  return nil
}

/// The C library's own function is an extension that the Glibc module does not show.
private func nameThisThread(_ name: String) {
  let descriptor = unsafe open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return }
  let bytes = Array(name.utf8.prefix(15))
  _ = unsafe write(descriptor, bytes, bytes.count)
  close(descriptor)
}
