// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Seconds since the kernel made this process, to its clock tick of 10 ms; 0 where it cannot be
/// known.
///
/// Field 22 of /proc/self/stat, proc(5): ticks since boot. The name in field 2 may hold spaces.
func secondsSinceProcessStart() -> Double {
  guard let file = unsafe fopen("/proc/self/stat", "re") else { return 0 }
  defer { unsafe fclose(file) }
  var text: [UInt8] = []
  while case let byte = unsafe getc(file), byte != EOF { text.append(UInt8(byte)) }
  guard let nameEnd = text.lastIndex(of: UInt8(ascii: ")")) else { return 0 }
  let fields = text[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
  guard fields.count > 19, let ticks = Double(String(decoding: fields[19], as: UTF8.self)) else {
    return 0
  }
  var now = timespec()
  unsafe clock_gettime(CLOCK_BOOTTIME, &now)
  let seconds = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  return max(seconds - ticks / Double(sysconf(Int32(_SC_CLK_TCK))), 0)
}
