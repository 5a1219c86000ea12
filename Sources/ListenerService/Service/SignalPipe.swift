// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization

/// Signals as something to wait for, beside everything else that the control thread waits for.
///
/// A handler notes the signal and wakes the reader, all that may be done inside of any function
/// that a signal interrupts. However often a signal comes, it is told once per look; none is lost.
/// One per process, for its whole life.
final class SignalPipe: Sendable {
  /// Readable when a signal came.
  let descriptor: Int32

  /// For the handler, which can hold nothing: the writing end, below zero before there is one, and
  /// a bit per signal that came.
  private static let writer = Atomic<Int32>(-1)
  private static let pending = Atomic<UInt64>(0)

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

  /// The signals that came since the last look, each once.
  func take() -> Set<Int32> {
    var bytes = [UInt8](repeating: 0, count: 256)
    while unsafe read(descriptor, &bytes, bytes.count) == bytes.count {}
    let bits = Self.pending.exchange(0, ordering: .acquiringAndReleasing)
    return Set((0..<64).filter { bits >> UInt64($0) & 1 == 1 }.map { Int32($0) })
  }

  private static func handle(_ number: Int32) {
    let code = errno
    pending.bitwiseOr(1 << UInt64(number), ordering: .acquiringAndReleasing)
    var byte: UInt8 = 0
    // A full pipe wakes the reader just as well.
    _ = unsafe write(writer.load(ordering: .relaxed), &byte, 1)
    errno = code
  }
}
