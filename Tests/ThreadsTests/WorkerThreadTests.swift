// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import Testing
import Threads

@Suite struct WorkerThreadTests {
  @Test func `the body runs under its name, with every signal blocked`() throws {
    var before = sigset_t()
    unsafe pthread_sigmask(SIG_SETMASK, nil, &before)
    let name = Mutex("")
    let isBlocked = Mutex(false)
    let thread = try WorkerThread(name: "kws-a-long-name-indeed") {
      let file = unsafe fopen("/proc/thread-self/comm", "r")
      var line = ""
      while case let byte = unsafe getc(file), byte > 0x20 {
        line.unicodeScalars.append(Unicode.Scalar(UInt8(byte)))
      }
      unsafe fclose(file)
      name.withLock { [line] in $0 = line }
      var mask = sigset_t()
      unsafe pthread_sigmask(SIG_SETMASK, nil, &mask)
      isBlocked.withLock { $0 = unsafe sigismember(&mask, SIGHUP) == 1 }
    }
    thread.join()
    #expect(name.withLock { $0 } == "kws-a-long-name")
    #expect(isBlocked.withLock { $0 })
    var after = sigset_t()
    unsafe pthread_sigmask(SIG_SETMASK, nil, &after)
    for signal in 1...31 {
      #expect(unsafe sigismember(&after, Int32(signal)) == sigismember(&before, Int32(signal)))
    }
  }

  /// Whether the limit RLIMIT_RTPRIO, or a capability, allows it.
  private static let mayBeRealtime: Bool = {
    let isAllowed = Atomic(false)
    let thread = try? WorkerThread(name: "kws-test") {
      isAllowed.store((try? WorkerThread.becomeRealtime(priority: 1)) != nil, ordering: .relaxed)
    }
    thread?.join()
    return isAllowed.load(ordering: .relaxed)
  }()

  @Test(.enabled(if: mayBeRealtime, "needs a right to real-time priority"))
  func `a thread that a real-time thread starts has the ordinary priority`() throws {
    let policies = Mutex<[Int32]>([])
    let maker = try WorkerThread(name: "kws-test") {
      try? WorkerThread.becomeRealtime(priority: 1)
      policies.withLock { $0.append(sched_getscheduler(0)) }
      let helper = try? WorkerThread(name: "kws-helper") {
        policies.withLock { $0.append(sched_getscheduler(0)) }
      }
      helper?.join()
    }
    maker.join()
    #expect(policies.withLock { $0 } == [SCHED_RR, SCHED_OTHER])
  }

  @Test func `a priority that the system refuses is an error with its code`() {
    #expect(throws: ThreadError.priorityRefused(priority: 1000, code: EINVAL)) {
      try WorkerThread.becomeRealtime(priority: 1000)
    }
  }
}
