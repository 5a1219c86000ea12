// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Signals as something to read, beside everything else that the control thread waits for.
///
/// A handler writes the signal's number into a pipe, all that may be done inside of any function
/// that a signal interrupts. One per process, for its whole life.
final class SignalPipe: Sendable {
  /// The reading end.
  let descriptor: Int32

  /// The writing end, for the handler, which can hold nothing; below zero before there is one.
  private static let writer = Atomic<Int32>(-1)

  /// Takes over signals `numbers`, SIGTERM and the like.
  init(_ numbers: [Int32]) throws(ListenerError) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else {
      throw .system(path: "signals", operation: "pipe", code: errno)
    }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    descriptor = ends[0]
    Self.writer.store(ends[1], ordering: .releasing)
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for number in numbers {
      unsafe sigaddset(&set, number)
      signal(number) { SignalPipe.handle($0) }
    }
    // A parent that blocks signals in its threads hands that on, and could then only kill.
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  /// The next signal that came, nil where there is none.
  func next() -> Int32? {
    var number: UInt8 = 0
    return unsafe read(descriptor, &number, 1) == 1 ? Int32(number) : nil
  }

  private static func handle(_ number: Int32) {
    let code = errno
    var byte = UInt8(truncatingIfNeeded: number)
    _ = unsafe write(writer.load(ordering: .relaxed), &byte, 1)
    errno = code
  }
}
