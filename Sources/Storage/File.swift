// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Whole files: bounded reading and durable writing.
package enum File {
  /// The bytes of the file at `path`.
  ///
  /// - Throws: `StorageError`, also when the file holds more than `limit` bytes.
  package static func read(_ path: String, limit: Int = 1 << 31) throws(StorageError) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw errno == ENOENT
        ? .notFound(path: path) : .system(path: path, operation: "open", code: errno)
    }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw .system(path: path, operation: "stat", code: errno)
    }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
    guard status.st_size <= limit else {
      throw .tooLarge(path: path, byteCount: Int(status.st_size), limit: limit)
    }
    // A pipe has no size: read until the end, one byte past the known size to see it.
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size) + 1)
    var filled = 0
    while true {
      let count = unsafe bytes.withUnsafeMutableBytes { raw in
        unsafe Glibc.read(descriptor, raw.baseAddress! + filled, raw.count - filled)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path: path, operation: "read", code: errno) }
      if count == 0 { break }
      filled += count
      if filled == bytes.count {
        guard filled <= limit else {
          throw .tooLarge(path: path, byteCount: filled, limit: limit)
        }
        bytes.append(contentsOf: repeatElement(0, count: max(bytes.count, 4096)))
      }
    }
    bytes.removeLast(bytes.count - filled)
    return bytes
  }

  /// Replaces the file at `path` by `bytes`, or leaves it as it was.
  ///
  /// Writes beside it, syncs, renames, syncs the directory: a crash or a full disk at any moment
  /// leaves either the old file or the new one. A symbolic link stays one; a device or pipe is
  /// written as it is.
  package static func replace(_ path: String, with bytes: Span<UInt8>) throws(StorageError) {
    var status = stat()
    if unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
      let descriptor = try create(path, O_WRONLY | O_CLOEXEC, naming: path)
      defer { close(descriptor) }
      return try write(bytes, to: descriptor, naming: path)
    }
    let target = resolved(path)
    let temporary = "\(target).partial-\(getpid())"
    do throws(StorageError) {
      try write(bytes, beside: target, as: temporary, naming: path)
      guard unsafe rename(temporary, target) == 0 else {
        throw .system(path: path, operation: "rename", code: errno)
      }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
    let directory = unsafe open(directory(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if directory >= 0 {
      fsync(directory)
      close(directory)
    }
  }

  /// Checks that `replace` can be tried, for work that takes long before there is something to write.
  package static func checkCanReplace(_ path: String) throws(StorageError) {
    var status = stat()
    if unsafe stat(path, &status) == 0 {
      guard status.st_mode & S_IFMT != S_IFDIR else { throw .isDirectory(path: path) }
      guard status.st_mode & S_IFMT == S_IFREG else { return }
    }
    // The dot asks for a directory: a file in its place is an error too.
    guard unsafe access(directory(of: path) + "/.", W_OK | X_OK) == 0 else {
      throw .system(path: path, operation: "create", code: errno)
    }
  }

  /// Creates `path` and its parents where they are missing.
  package static func createDirectory(_ path: String) throws(StorageError) {
    var prefix = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      prefix += part
      guard unsafe mkdir(prefix, 0o777) == 0 || errno == EEXIST else {
        throw .system(path: prefix, operation: "mkdir", code: errno)
      }
      prefix += "/"
    }
  }

  /// A whole and synced file `temporary`.
  ///
  /// Where the file system can, it gets its name only when it is whole: a process that is killed
  /// while it writes leaves nothing behind.
  private static func write(
    _ bytes: Span<UInt8>, beside target: String, as temporary: String, naming path: String
  ) throws(StorageError) {
    // O_TMPFILE, whose macro Swift does not import.
    let nameless = unsafe open(
      directory(of: target), 0o20_000_000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, 0o666)
    guard nameless >= 0 else {
      let descriptor = try create(
        temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, naming: path)
      defer { close(descriptor) }
      return try write(bytes, to: descriptor, naming: path)
    }
    defer { close(nameless) }
    try write(bytes, to: nameless, naming: path)
    unsafe unlink(temporary)
    guard
      unsafe linkat(
        AT_FDCWD, "/proc/self/fd/\(nameless)", AT_FDCWD, temporary, AT_SYMLINK_FOLLOW) == 0
    else { throw .system(path: path, operation: "link", code: errno) }
  }

  private static func create(
    _ file: String, _ flags: Int32, naming path: String
  ) throws(StorageError) -> Int32 {
    let descriptor = unsafe open(file, flags, 0o666)
    guard descriptor >= 0 else { throw .system(path: path, operation: "create", code: errno) }
    return descriptor
  }

  private static func write(
    _ bytes: Span<UInt8>, to descriptor: Int32, naming path: String
  ) throws(StorageError) {
    var written = 0
    while written < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.write(descriptor, raw.baseAddress! + written, raw.count - written)
      }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw .system(path: path, operation: "write", code: errno) }
      written += count
    }
    // EINVAL: a pipe or device has nothing to sync.
    guard fsync(descriptor) == 0 || errno == EINVAL else {
      throw .system(path: path, operation: "sync", code: errno)
    }
  }

  /// Where a symbolic link leads, if it leads somewhere.
  private static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
