// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Standard output for data that a pipe may read: whole lines, written at once, every failure seen.
enum StandardOutput {
  /// Writes `line` and a line feed.
  ///
  /// A reader that has gone ends the process quietly with exit code 0, as in `kws replay | head`.
  /// - Throws: `CommandError` where the output cannot be written, such as on a full disk.
  static func write(line: String) throws(CommandError) {
    // Without this the first write into a closed pipe would end the process by a signal.
    signal(SIGPIPE, SIG_IGN)
    var bytes = Array(line.utf8)
    bytes.append(UInt8(ascii: "\n"))
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.write(STDOUT_FILENO, raw.baseAddress! + written, raw.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE { exit(0) }
        throw CommandError(
          "standard output: write failed: \(systemErrorText(errno)).", .inputOutput)
      }
      written += count
    }
  }
}
