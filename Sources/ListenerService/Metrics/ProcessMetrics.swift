// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Storage

/// The process's own figures, under the names that every Prometheus client uses.
enum ProcessMetrics {
  /// Adds what the system tells; what it hides is left out.
  static func add(to text: inout PrometheusText) {
    text.begin(
      "process_cpu_seconds_total", .counter, "Total user and system CPU time spent in seconds.")
    text.sample("process_cpu_seconds_total", cpuSeconds)
    if let pages = words(of: "/proc/self/statm")?.compactMap({ Int($0) }), pages.count > 1 {
      text.begin("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.")
      text.sample("process_resident_memory_bytes", pages[1] * pageByteCount)
      text.begin("process_virtual_memory_bytes", .gauge, "Virtual memory size in bytes.")
      text.sample("process_virtual_memory_bytes", pages[0] * pageByteCount)
    }
    if let start = startSeconds {
      text.begin(
        "process_start_time_seconds", .gauge,
        "Start time of the process since unix epoch in seconds.")
      text.sample("process_start_time_seconds", start)
    }
    if let count = openDescriptorCount {
      text.begin("process_open_fds", .gauge, "Number of open file descriptors.")
      text.sample("process_open_fds", count)
    }
    var limit = rlimit()
    if unsafe getrlimit(__rlimit_resource_t(7), &limit) == 0 {
      text.begin("process_max_fds", .gauge, "Maximum number of open file descriptors.")
      text.sample("process_max_fds", Int(clamping: limit.rlim_cur))
    }
  }

  private static var pageByteCount: Int { sysconf(Int32(_SC_PAGESIZE)) }

  private static var cpuSeconds: Double { seconds(CLOCK_PROCESS_CPUTIME_ID) }

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// From the ticks between the start of the system and that of the process.
  private static var startSeconds: Double? {
    // The name in brackets may have spaces and brackets in it; 19 fields lie between its end and
    // the start time.
    guard let line = line(of: "/proc/self/stat"), let bracket = line.lastIndex(of: ")") else {
      return nil
    }
    let fields = line[line.index(after: bracket)...].split(separator: " ")
    guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
    let age = seconds(CLOCK_BOOTTIME) - ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    return ((seconds(CLOCK_REALTIME) - age) * 100).rounded() / 100
  }

  private static var openDescriptorCount: Int? {
    guard let folder = unsafe opendir("/proc/self/fd") else { return nil }
    defer { unsafe closedir(folder) }
    var count = 0
    while let entry = unsafe readdir(folder) {
      if unsafe entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
    }
    // One of them reads the folder.
    return count - 1
  }

  private static func words(of path: String) -> [Substring]? {
    line(of: path)?.split(separator: " ")
  }

  private static func line(of path: String) -> String? {
    guard let bytes = try? File.read(path, limit: 1 << 16) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }
}
