// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import Testing

@Suite(.serialized) struct RawPCMTests {
  /// Everything that a source over a pipe gives while `write` runs beside it.
  func samples(
    by size: Int = 100, nonBlocking: Bool = false, expectOdd: Bool = false,
    write: @escaping @Sendable (Int32) -> Void
  ) throws -> [Float] {
    var ends: [Int32] = [0, 0]
    #expect(unsafe pipe(&ends) == 0)
    let (readEnd, writeEnd) = (ends[0], ends[1])
    if nonBlocking { _ = fcntl(readEnd, F_SETFL, O_NONBLOCK) }
    defer { close(readEnd) }
    Thread.detachNewThread {
      write(writeEnd)
      close(writeEnd)
    }
    var source = RawPCMSource(descriptor: readEnd)
    var output: [Float] = []
    var chunk = [Float](repeating: .nan, count: size)
    while true {
      var room = chunk.mutableSpan
      guard case .samples(let count) = try source.read(into: &room) else { break }
      output += chunk[..<count]
    }
    #expect(source.hasOddTrailingByte == expectOdd)
    return output
  }

  static let values = Array(stride(from: -32_768, through: 32_767, by: 7))
  static let expected = values.map { Float($0) / 32_768 }
  static let bytes = values.flatMap { WaveBytes.word($0, 2) }

  static func send(_ bytes: [UInt8], to descriptor: Int32, by size: Int) {
    for start in stride(from: 0, to: bytes.count, by: size) {
      let piece = Array(bytes[start..<min(start + size, bytes.count)])
      #expect(unsafe write(descriptor, piece, piece.count) == piece.count)
    }
  }

  @Test(arguments: [1, 2, 3, 4095, 1_000_000])
  func `values pass exactly, however they arrive`(size: Int) throws {
    for room in [1, 333, 50_000] {
      let output = try samples(by: room) { Self.send(Self.bytes, to: $0, by: size) }
      #expect(output == Self.expected)
    }
  }

  @Test func `an odd trailing byte is dropped and told`() throws {
    let output = try samples(expectOdd: true) { Self.send([1, 0, 2, 0, 3], to: $0, by: 5) }
    #expect(output == [1, 2].map { Float($0) / 32_768 })
    #expect(try samples(expectOdd: true) { Self.send([9], to: $0, by: 1) } == [])
    #expect(try samples { _ in } == [])
  }

  @Test func `a non-blocking descriptor is waited for`() throws {
    let output = try samples(nonBlocking: true) { descriptor in
      for start in stride(from: 0, to: 40, by: 5) {
        usleep(2000)
        Self.send(Array(Self.bytes[start..<(start + 5)]), to: descriptor, by: 5)
      }
    }
    #expect(output == Array(Self.expected[..<20]))
  }

  @Test func `a signal during a read loses nothing`() throws {
    // Without SA_RESTART the blocked read returns EINTR.
    var action = sigaction()
    unsafe action.__sigaction_handler.sa_handler = { _ in }
    #expect(unsafe sigaction(SIGUSR2, &action, nil) == 0)
    let reader = pthread_self()
    let output = try samples { descriptor in
      for start in stride(from: 0, to: 60, by: 3) {
        usleep(2000)
        pthread_kill(reader, SIGUSR2)
        usleep(1000)
        Self.send(Array(Self.bytes[start..<(start + 3)]), to: descriptor, by: 3)
      }
    }
    #expect(output == Array(Self.expected[..<30]))
  }

  @Test func `a descriptor that cannot be read is a typed error`() throws {
    var chunk = [Float](repeating: 0, count: 10)
    var closed = RawPCMSource(descriptor: -1)
    #expect(throws: AudioError.system(path: "-", operation: "read", code: EBADF)) {
      var room = chunk.mutableSpan
      _ = try closed.read(into: &room)
    }
    let descriptor = unsafe open("/", O_RDONLY)
    defer { close(descriptor) }
    var directory = RawPCMSource(descriptor: descriptor, path: "/")
    #expect(throws: AudioError.isDirectory(path: "/")) {
      var room = chunk.mutableSpan
      _ = try directory.read(into: &room)
    }
  }
}
