// SPDX-License-Identifier: GPL-3.0-or-later

import Storage

/// The processor that measurements were made on.
enum ProcessorName {
  /// As Linux names it; empty where it does not.
  static var current: String {
    guard let bytes = try? File.read("/proc/cpuinfo", limit: 1 << 20) else { return "" }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    guard let line = lines.first(where: { $0.hasPrefix("model name") }),
      let colon = line.firstIndex(of: ":")
    else { return "" }
    return String(line[line.index(after: colon)...].drop { $0 == " " })
  }
}
