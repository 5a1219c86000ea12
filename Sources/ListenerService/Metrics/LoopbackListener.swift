// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// TCP sockets that listen on one port of the loopback addresses and nowhere else.
struct LoopbackListener: Sendable {
  /// 127.0.0.1, and ::1 where the system has it.
  let descriptors: [Int32]
  let port: Int

  /// - Throws: `ListenerError.system`.
  init(port: Int) throws(ListenerError) {
    self.port = port
    let path = "127.0.0.1:\(port)"
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let first = unsafe try withUnsafeBytes(of: &address) { bytes throws(ListenerError) in
      unsafe try Self.listen(AF_INET, bytes, path)
    }
    var address6 = sockaddr_in6()
    address6.sin6_family = sa_family_t(AF_INET6)
    address6.sin6_port = in_port_t(port).bigEndian
    address6.sin6_addr = in6addr_loopback
    do throws(ListenerError) {
      let second = unsafe try withUnsafeBytes(of: &address6) { bytes throws(ListenerError) in
        unsafe try Self.listen(AF_INET6, bytes, "[::1]:\(port)")
      }
      descriptors = [first, second]
    } catch {
      guard case .system(_, _, let code) = error, [EAFNOSUPPORT, EADDRNOTAVAIL].contains(code)
      else {
        Glibc.close(first)
        throw error
      }
      descriptors = [first]
    }
  }

  func close() {
    for descriptor in descriptors { Glibc.close(descriptor) }
  }

  private static func listen(
    _ family: Int32, _ address: UnsafeRawBufferPointer, _ path: String
  ) throws(ListenerError) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw .system(path: path, operation: "socket", code: errno) }
    makePrivate(descriptor)
    var on: Int32 = 1
    unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    if family == AF_INET6 {
      unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &on, 4)
    }
    let status = unsafe bind(
      descriptor, address.baseAddress!.assumingMemoryBound(to: sockaddr.self),
      socklen_t(address.count))
    guard status == 0 && Glibc.listen(descriptor, 16) == 0 else {
      let code = errno
      Glibc.close(descriptor)
      throw .system(path: path, operation: "listen", code: code)
    }
    return descriptor
  }
}
