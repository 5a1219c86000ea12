// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc

enum FileFailure: Error { case write(path: String, code: Int32) }

/// Writes a whole file.
func writeFile(_ path: String, _ bytes: [UInt8]) throws {
  let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw FileFailure.write(path: path, code: errno) }
  defer { close(descriptor) }
  var written = 0
  while written < bytes.count {
    let count = unsafe bytes.withUnsafeBytes { raw in
      unsafe write(descriptor, raw.baseAddress! + written, raw.count - written)
    }
    guard count > 0 else { throw FileFailure.write(path: path, code: errno) }
    written += count
  }
}

/// Removes a folder and everything in it.
func removeFolder(_ path: String) {
  try? FileManager.default.removeItem(atPath: path)
}

/// Whether a server accepts connections at the Unix socket `path`.
func socketAnswers(_ path: String) -> Bool {
  let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  guard descriptor >= 0 else { return false }
  defer { close(descriptor) }
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
    for (index, byte) in path.utf8.enumerated() where index < bytes.count - 1 {
      unsafe bytes[index] = byte
    }
  }
  return unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
      unsafe connect(descriptor, generic, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
    }
  }
}
