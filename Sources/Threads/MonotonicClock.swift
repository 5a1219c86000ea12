// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Seconds of the monotonic clock, which stands still while the system sleeps.
package func monotonicSeconds() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
