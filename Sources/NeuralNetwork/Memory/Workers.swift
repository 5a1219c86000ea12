// SPDX-License-Identifier: GPL-3.0-or-later

import Dispatch
import Synchronization

/// Runs the parts of a job on several threads.
///
/// Which thread runs which part is left open; parts must therefore write disjoint memory, and their
/// results must not depend on order.
struct Workers {
  /// Threads at most, the caller's among them.
  var threadCount: Int

  /// Calls `body` with (worker, index) once for every index below `count`, and returns when all are
  /// done. Workers are counted from 0 and below `threadCount`; each does one part at a time.
  func perform(_ count: Int, _ body: (Int, Int) -> Void) {
    guard threadCount > 1, count > 1 else {
      for index in 0..<count { body(0, index) }
      return
    }
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      let job = Job(body: body)
      DispatchQueue.concurrentPerform(iterations: min(threadCount, count)) { worker in
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          guard index < count else { return }
          job.body(worker, index)
        }
      }
    }
  }

  /// Carries a body to the threads; that its parts keep apart is the caller's promise.
  private struct Job: @unchecked Sendable {
    let body: (Int, Int) -> Void
  }
}
