// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A Unix stream socket in the file system that accepts connections.
struct UnixListener: Sendable {
  let path: String

  /// The listening socket, non-blocking.
  let descriptor: Int32

  /// What stands at `path`: where something else does later, it is not this one's to remove.
  private let device: dev_t
  private let inode: ino_t

  /// Binds and listens; for the owner and the group, mode 0660.
  ///
  /// The socket of a process that is dead is replaced.
  /// - Throws: `ListenerError`: `.socketInUse` where a process answers there, `.notASocket` where
  ///   something else stands there, `.system`.
  init(path: String) throws(ListenerError) {
    var address = sockaddr_un()
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity else {
      throw .system(path: path, operation: "bind", code: ENAMETOOLONG)
    }
    address.sun_family = sa_family_t(AF_UNIX)
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { target in
      unsafe target.copyBytes(from: path.utf8)
    }
    let descriptor = try Self.makeSocket(path)
    do throws(ListenerError) {
      // Before it has a name, so that at no time somebody can connect who later cannot.
      fchmod(descriptor, 0o660)
      if !Self.bind(descriptor, &address) {
        guard errno == EADDRINUSE else {
          throw .system(path: path, operation: "bind", code: errno)
        }
        try Self.removeStale(path, &address)
        guard Self.bind(descriptor, &address) else {
          throw .system(path: path, operation: "bind", code: errno)
        }
      }
      guard listen(descriptor, 16) == 0 else {
        throw .system(path: path, operation: "listen", code: errno)
      }
      // The process's umask was taken off above.
      var status = stat()
      guard unsafe chmod(path, 0o660) == 0, unsafe lstat(path, &status) == 0 else {
        throw .system(path: path, operation: "change the mode of", code: errno)
      }
      (device, inode) = (status.st_dev, status.st_ino)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  enum Arrival: Equatable {
    /// A connection, non-blocking.
    case connection(Int32)
    case none

    /// One waits, but the process or the system has no descriptor for it.
    case noDescriptor
  }

  /// The next connection.
  func accept() -> Arrival {
    while true {
      let connection = Glibc.accept(descriptor, nil, nil)
      if connection >= 0 {
        makePrivate(connection)
        return .connection(connection)
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .noDescriptor
      default: return .none
      }
    }
  }

  /// Stops listening and removes the socket where it still is this one.
  func close() {
    var status = stat()
    if unsafe lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode {
      unsafe unlink(path)
    }
    Glibc.close(descriptor)
  }

  private static func makeSocket(_ path: String) throws(ListenerError) -> Int32 {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .system(path: path, operation: "socket", code: errno) }
    makePrivate(descriptor)
    return descriptor
  }

  private static func bind(_ descriptor: Int32, _ address: inout sockaddr_un) -> Bool {
    unsafe withAddress(&address) { unsafe Glibc.bind(descriptor, $0, $1) } == 0
  }

  /// Removes the socket of a process that no longer listens on it.
  private static func removeStale(
    _ path: String, _ address: inout sockaddr_un
  ) throws(ListenerError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    let probe = try makeSocket(path)
    defer { Glibc.close(probe) }
    let result = unsafe withAddress(&address) { unsafe connect(probe, $0, $1) }
    // Anything but a refusal, such as a full queue of connections, is a sign of life.
    guard result < 0, errno == ECONNREFUSED else { throw .socketInUse(path: path) }
    unsafe unlink(path)
  }

  private static func withAddress(
    _ address: inout sockaddr_un, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    let size = socklen_t(MemoryLayout<sockaddr_un>.size)
    return unsafe withUnsafePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, size) }
    }
  }
}

/// Marks a new descriptor as not inherited by children, and non-blocking.
func makePrivate(_ descriptor: Int32) {
  _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
  _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
}
