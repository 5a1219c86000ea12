// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Storage

/// The largest resident memory of this process.
enum PeakMemory {
  /// Starts over from what is resident now. Where the system forbids that, the peak goes on from the
  /// start of the process.
  static func reset() {
    let descriptor = unsafe open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    var command = UInt8(ascii: "5")
    _ = unsafe write(descriptor, &command, 1)
    close(descriptor)
  }

  /// Bytes; nil where the system does not tell.
  static var byteCount: Int? {
    guard let status = try? File.read("/proc/self/status", limit: 1 << 16) else { return nil }
    for line in String(decoding: status, as: UTF8.self).split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "\t" }
      guard words.first == "VmHWM:", words.count > 1, let count = Int(words[1]) else { continue }
      return count * 1024
    }
    return nil
  }
}
