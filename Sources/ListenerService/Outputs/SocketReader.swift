// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// One connection to the socket of events: lines wait for it up to a limit, then it loses some.
struct SocketReader {
  /// Bytes that wait for one reader at most, beside what the kernel holds for it.
  static let waitingLimit = 32 << 10

  let descriptor: Int32

  /// False once its side is closed for writing: only then there is nothing more to read from it.
  private(set) var mayTalk = true
  private(set) var hasGone = false

  private var waiting: [UInt8] = []
  private var droppedCount = 0

  init(descriptor: Int32) { self.descriptor = descriptor }

  /// Whether something waits for room.
  var isWaiting: Bool { !waiting.isEmpty || droppedCount > 0 }

  /// Takes a line without its line feed; false where the reader is too slow and loses it.
  mutating func append(_ line: String) -> Bool {
    tellOfDropped()
    guard droppedCount == 0, fits(line) else {
      droppedCount += 1
      return false
    }
    put(line)
    flush()
    return true
  }

  /// Sends what there is room for.
  mutating func flush() {
    var sent = 0
    while sent < waiting.count {
      let count = unsafe waiting.withUnsafeBytes { raw in
        unsafe send(
          descriptor, raw.baseAddress! + sent, raw.count - sent,
          Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno != EAGAIN { hasGone = true }
        break
      }
      sent += count
    }
    waiting.removeFirst(sent)
    if sent > 0 && !hasGone { tellOfDropped() }
  }

  /// Reads and forgets what the reader says.
  mutating func hear() {
    var bytes = [UInt8](repeating: 0, count: 1024)
    let count = unsafe recv(descriptor, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    if count == 0 { mayTalk = false }
    if count < 0 && errno != EAGAIN && errno != EINTR { hasGone = true }
  }

  mutating func leave() { hasGone = true }

  private func fits(_ line: String) -> Bool {
    waiting.count + line.utf8.count + 1 <= Self.waitingLimit
  }

  private mutating func put(_ line: String) {
    waiting += line.utf8
    waiting.append(UInt8(ascii: "\n"))
  }

  /// Once half of the room is free again, says how many lines are missing at this place.
  private mutating func tellOfDropped() {
    guard droppedCount > 0, waiting.count <= Self.waitingLimit / 2 else { return }
    put(#"{"event":"dropped","count":\#(droppedCount)}"#)
    droppedCount = 0
  }
}
