// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A datagram socket towards one address of the Unix family.
final class NotifySocket: Sendable {
  private let descriptor: Int32
  private let address: sockaddr_un
  private let addressLength: socklen_t

  /// A socket towards `address`, an absolute path or `@` and the name of an abstract socket; nil
  /// for any other address, and where the system gives no socket.
  init?(_ text: String) {
    guard text.hasPrefix("/") || (text.hasPrefix("@") && text.utf8.count > 1) else { return nil }
    var bytes = Array(text.utf8)
    let isAbstract = text.hasPrefix("@")
    if isAbstract { bytes[0] = 0 }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    // A path is followed by a zero, the name of an abstract socket by nothing.
    let room = MemoryLayout.size(ofValue: address.sun_path) - (isAbstract ? 0 : 1)
    guard bytes.count <= room, isAbstract || !bytes.contains(0) else { return nil }
    unsafe withUnsafeMutableBytes(of: &address.sun_path) { path in
      unsafe path.copyBytes(from: bytes)
    }
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    self.address = address
    addressLength = socklen_t(
      MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count + (isAbstract ? 0 : 1))
    // A manager that does not read must not hold up the service for longer than this.
    var limit = timeval(tv_sec: 1, tv_usec: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends `message` as one datagram; what cannot be sent within a second is lost.
  func send(_ message: String) {
    let bytes = Array(message.utf8)
    var address = self.address
    while true {
      let count = unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
          unsafe sendto(
            descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), generic, addressLength)
        }
      }
      if count >= 0 || errno != EINTR { return }
    }
  }
}
