// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The clocks that audio is compared with.
enum Clock {
  /// Seconds since the system started, sleep included.
  static var bootSeconds: Double { seconds(CLOCK_BOOTTIME) }

  /// Seconds that the system was awake.
  static var monotonicSeconds: Double { seconds(CLOCK_MONOTONIC) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
