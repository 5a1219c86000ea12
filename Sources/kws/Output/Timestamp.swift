// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A time of day as RFC 3339 writes it, in UTC with milliseconds.
///
/// - Parameter seconds: Unix seconds.
func timestamp(_ seconds: Double) -> String {
  let milliseconds = Int((seconds * 1000).rounded())
  var whole = time_t(milliseconds / 1000)
  var time = unsafe tm()
  unsafe gmtime_r(&whole, &time)
  let parts = unsafe [
    time.tm_year + 1900, time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec,
  ].map { padded(Int($0), 2) }
  return parts[0...2].joined(separator: "-") + "T" + parts[3...5].joined(separator: ":") + "."
    + padded(milliseconds % 1000, 3) + "Z"
}

/// `value` with zeros in front up to `width` digits.
private func padded(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(width - digits.count, 0)) + digits
}
