// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ListenerService

/// A reader of the socket of events.
final class SocketClient {
  private let descriptor: Int32
  private var bytes = Data()

  /// Lines since the connection was known to the other side.
  private var lineCount = 0

  init(_ path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard unsafe connected(descriptor, path, connect) else {
      throw POSIXError(.init(rawValue: errno)!)
    }
  }

  deinit { close(descriptor) }

  /// Sends events until one arrives: then the connection is known to the other side.
  func waitUntilAccepted(by set: OutputSet, within seconds: Double = 20) -> Bool {
    let isAccepted = eventually(within: seconds) {
      set.deliver(probe)
      return receive(milliseconds: 50)
    }
    while receive(milliseconds: 200) {}
    lineCount = 0
    return isAccepted
  }

  func waitUntilClosed() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    return unsafe poll(&request, 1, 20_000) == 1 && recv(descriptor, &byte, 1, 0) == 0
  }

  /// Reads until `count` events have come, for 20 seconds at most.
  func read(untilCount count: Int) {
    _ = eventually {
      _ = receive(milliseconds: 100)
      return lineCount >= count
    }
  }

  /// Reads until nothing comes for `seconds`.
  func read(untilEmptyFor seconds: Double) {
    while receive(milliseconds: Int32(seconds * 1000)) {}
  }

  /// The lines that came, without those that asked for the connection.
  func events() -> [String] {
    read(untilEmptyFor: 0.2)
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
      .filter { $0 != probe.json }
  }

  private let probe = sampleEvent(-1)

  /// Takes what is there; false where nothing came in time.
  private func receive(milliseconds: Int32) -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard unsafe poll(&request, 1, milliseconds) == 1 else { return false }
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    let count = unsafe recv(descriptor, &piece, piece.count, 0)
    guard count > 0 else { return false }
    bytes += piece.prefix(count)
    lineCount += piece.prefix(count).count { $0 == UInt8(ascii: "\n") }
    return true
  }
}

/// A socket whose process is gone.
enum DeadSocket {
  static func leave(at path: String) throws {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    guard unsafe connected(descriptor, path, bind), listen(descriptor, 1) == 0 else {
      throw POSIXError(.init(rawValue: errno)!)
    }
  }
}

private func connected(
  _ descriptor: Int32, _ path: String,
  _ call: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
) -> Bool {
  var address = sockaddr_un()
  address.sun_family = sa_family_t(AF_UNIX)
  unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
  return unsafe withUnsafePointer(to: &address) { pointer in
    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
      unsafe call(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
    }
  } == 0
}
