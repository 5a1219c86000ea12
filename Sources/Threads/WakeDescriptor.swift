// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A pipe that wakes a thread which waits in `poll`.
package final class WakeDescriptor: Sendable {
  /// The reading end.
  package let descriptor: Int32

  private let writingEnd: Int32

  /// - Throws: `ThreadError.noPipe`, as where the process has no descriptors left.
  package init() throws(ThreadError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw .noPipe(code: errno) }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    writingEnd = ends[1]
  }

  deinit {
    close(descriptor)
    close(writingEnd)
  }

  /// Makes the descriptor readable; never blocks. A full pipe has enough wakes in it.
  package func signal() {
    var byte: UInt8 = 1
    _ = unsafe write(writingEnd, &byte, 1)
  }

  /// Makes it wait for the next signal.
  package func clear() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while case let count = unsafe read(descriptor, &bytes, bytes.count), count == bytes.count {}
  }

  /// Waits until it was signalled; false where that took longer than until `deadline`.
  package func wait(until deadline: Double) -> Bool {
    while true {
      var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = unsafe poll(&request, 1, pollMilliseconds(until: deadline))
      if count > 0 { return true }
      if count == 0 && monotonicSeconds() >= deadline { return false }
    }
  }
}

/// The time-out of `poll` that ends at `deadline` of the monotonic clock or just after it; nil waits
/// without end.
package func pollMilliseconds(until deadline: Double?) -> Int32 {
  guard let deadline else { return -1 }
  let milliseconds = ((deadline - monotonicSeconds()) * 1000).rounded(.up)
  return Int32(min(max(milliseconds, 0), 3_600_000))
}
