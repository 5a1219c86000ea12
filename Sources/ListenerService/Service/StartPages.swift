// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Code that only the start of the process needed: option parsing, model reading, planning of
/// transforms. It stays resident until the machine runs short of memory, two thirds of the whole.
enum StartPages {
  /// Gives the pages of all code back to the system.
  ///
  /// Pages of files that nobody can have changed leave this process and stay in the system's cache;
  /// what is still needed comes back at the next use, by a page fault each that reads no disk.
  /// Mappings with a page of their own (`Anonymous` in proc_pid_smaps(5)), as relocated code would
  /// have, are left alone: there the advice would lose the change.
  static func giveBack() {
    guard let file = unsafe fopen("/proc/self/smaps", "re") else { return }
    defer { unsafe fclose(file) }
    var code: Range<UInt>?
    while let line = unsafe line(of: file) {
      let fields = line.split(separator: " ")
      if let range = addresses(fields) {
        let isCodeOfFile =
          fields.count >= 6 && fields[1] == "r-xp" && fields[5].hasPrefix("/")
        code = isCodeOfFile ? range : nil
      } else if fields.first == "Anonymous:", let range = code.take(), fields[1] == "0" {
        unsafe madvise(
          UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
      }
    }
  }

  /// The addresses at the head of a mapping; nil in a line that tells more about one.
  private static func addresses(_ fields: [Substring]) -> Range<UInt>? {
    guard let ends = fields.first?.split(separator: "-"), ends.count == 2,
      let start = UInt(ends[0], radix: 16), let end = UInt(ends[1], radix: 16), start < end
    else { return nil }
    return start..<end
  }

  private static func line(of file: UnsafeMutablePointer<FILE>) -> String? {
    var bytes: [UInt8] = []
    while case let byte = unsafe getc(file), byte != EOF {
      if byte == 0x0A { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(UInt8(byte))
    }
    return nil
  }
}
