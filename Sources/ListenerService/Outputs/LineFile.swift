// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// An open file that lines are written to: standard output, a regular file, a FIFO, a device.
struct LineFile: Sendable {
  enum Outcome: Equatable {
    case wrote(Int)

    /// A pipe or terminal has no room now.
    case full

    /// A pipe's or socket's other end is closed.
    case noReader
    case failed(operation: String, code: Int32)
  }

  /// The name that reports give.
  let path: String

  /// -1 for a FIFO that has no reader.
  private(set) var descriptor: Int32

  private let isOwned: Bool
  private let isRegular: Bool

  /// Whether the closing of the other end can be seen without a write.
  let noticesReader: Bool

  /// Standard output, which stays open.
  init(standardOutput descriptor: Int32) {
    self.init(descriptor: descriptor, path: "standard output", isOwned: false)
  }

  /// Opens `path` for appending and creates it where it is missing, readable by owner and group.
  ///
  /// A FIFO without a reader is not waited for: it is open once there is one. A file system that
  /// hangs is: see `LineFileOpening`.
  init(appendingTo path: String) throws(ListenerError) {
    let descriptor = Self.open(path)
    guard descriptor >= 0 || errno == ENXIO else {
      throw .system(path: path, operation: "open", code: errno)
    }
    self.init(descriptor: descriptor, path: path, isOwned: true)
  }

  private init(descriptor: Int32, path: String, isOwned: Bool) {
    self.descriptor = descriptor
    self.path = path
    self.isOwned = isOwned
    var status = stat()
    let kind = unsafe fstat(descriptor, &status) == 0 ? status.st_mode & S_IFMT : S_IFIFO
    isRegular = kind == S_IFREG
    noticesReader = kind == S_IFIFO || kind == S_IFSOCK
  }

  /// Writes the front of `bytes` in one system call, as much as there is room for.
  ///
  /// Asks for room first: standard output is shared with other processes, so it stays blocking.
  mutating func write(_ bytes: ArraySlice<UInt8>) -> Outcome {
    if descriptor < 0 {
      descriptor = Self.open(path)
      guard descriptor >= 0 else {
        return errno == ENXIO ? .noReader : .failed(operation: "open", code: errno)
      }
    }
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard unsafe poll(&request, 1, 0) != 0 else { return .full }
    while true {
      let count = unsafe bytes.withUnsafeBytes { raw in
        unsafe Glibc.write(descriptor, raw.baseAddress, raw.count)
      }
      if count > 0 { return .wrote(count) }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .full
      case EPIPE: return .noReader
      default: return .failed(operation: "write", code: count == 0 ? EIO : errno)
      }
    }
  }

  /// Removes the last `count` bytes where they are this writer's and at the end of a regular file.
  func takeBack(_ count: Int) -> Bool {
    var status = stat()
    guard isRegular, unsafe fstat(descriptor, &status) == 0,
      lseek(descriptor, 0, Int32(SEEK_CUR)) == status.st_size, status.st_size >= count,
      ftruncate(descriptor, status.st_size - count) == 0
    else { return false }
    return lseek(descriptor, status.st_size - count, Int32(SEEK_SET)) >= 0
  }

  /// Closes a FIFO that has lost its reader; the next write opens it again.
  mutating func closeUntilReader() {
    close()
    descriptor = -1
  }

  func close() {
    if isOwned && descriptor >= 0 { Glibc.close(descriptor) }
  }

  private static func open(_ path: String) -> Int32 {
    unsafe Glibc.open(
      path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0o640)
  }
}
