// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

extension File {
  /// The SHA-256 of the file at `path`, in hexadecimal, read in pieces of 1 MiB.
  package static func sha256(_ path: String) throws(StorageError) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .notFound(path: path) : .system(path: path, operation: "open", code: errno)
    }
    defer { close(descriptor) }
    var digest = SHA256()
    var piece = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe Glibc.read(descriptor, &piece, piece.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path: path, operation: "read", code: errno) }
      if count == 0 { return digest.finish() }
      digest.update(piece.span.extracting(0..<count))
    }
  }

  /// Whether a regular file stands at `path`; a symbolic link is followed.
  package static func isRegular(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Bytes of the file at `path`, nil where there is none.
  package static func byteCount(_ path: String) -> Int? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Int(status.st_size)
  }
}
