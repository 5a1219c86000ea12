// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A pipe through which the capture thread wakes the writer of a recording.
final class WriterAlarm: Sendable {
  private let readingEnd: Int32
  private let writingEnd: Int32

  /// Where the process has no descriptors left, the writer just sleeps to the end of its pauses.
  init() {
    var ends: [Int32] = [-1, -1]
    unsafe pipe(&ends)
    for end in ends where end >= 0 {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (readingEnd, writingEnd) = (ends[0], ends[1])
  }

  deinit {
    for end in [readingEnd, writingEnd] where end >= 0 { close(end) }
  }

  /// Ends the writer's pause; never blocks.
  func ring() {
    var byte: UInt8 = 0
    _ = unsafe write(writingEnd, &byte, 1)
  }

  /// Sleeps until the alarm rings, `milliseconds` at most.
  func sleep(milliseconds: Int32) {
    var request = pollfd(fd: readingEnd, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, milliseconds) > 0 else { return }
    var bytes = [UInt8](repeating: 0, count: 64)
    _ = unsafe read(readingEnd, &bytes, bytes.count)
  }
}
