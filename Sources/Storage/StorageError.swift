// SPDX-License-Identifier: GPL-3.0-or-later

/// What the file system refused.
package enum StorageError: Error, Equatable {
  /// There is no such file.
  case notFound(path: String)

  /// A directory stands where a file is expected.
  case isDirectory(path: String)

  /// The file is larger than the reader accepts.
  case tooLarge(path: String, byteCount: Int, limit: Int)

  /// A system call failed; `code` is its `errno`.
  case system(path: String, operation: String, code: Int32)
}
