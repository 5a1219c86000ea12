// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Glibc

/// A datagram socket as a service manager binds it; gone with its owner.
public final class DatagramReceiver {
  /// As in NOTIFY_SOCKET.
  public let address: String
  private let descriptor: Int32

  /// Binds a name that nobody else has, in the file system or the abstract namespace.
  public init(isAbstract: Bool) throws {
    let name = "/tmp/kws-notify-\(UUID().uuidString)"
    address = isAbstract ? "@" + name : name
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var bound = sockaddr_un()
    bound.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(address.utf8)
    if isAbstract { bytes[0] = 0 }
    unsafe withUnsafeMutableBytes(of: &bound.sun_path) { unsafe $0.copyBytes(from: bytes) }
    let length = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)! + bytes.count
    let status = unsafe withUnsafePointer(to: &bound) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        unsafe bind(descriptor, generic, socklen_t(length + (isAbstract ? 0 : 1)))
      }
    }
    guard status == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno)!) }
  }

  deinit {
    close(descriptor)
    if address.hasPrefix("/") { unsafe unlink(address) }
  }

  /// The next datagram; nil where none comes within ten seconds.
  ///
  /// - Parameter seconds: how long to wait instead.
  public func next(withinSeconds seconds: Int = 10) -> String? {
    var limit = timeval(tv_sec: seconds, tv_usec: 0)
    unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
    return count >= 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
