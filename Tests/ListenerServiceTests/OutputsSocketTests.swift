// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ListenerService
import Testing

/// The socket of events, with real readers.
@Suite struct OutputsSocketTests {
  let folder: OutputFolder
  let path: String
  let metrics = ListenerMetrics()
  let log = ReportLog()

  init() throws {
    folder = try OutputFolder()
    path = folder.path("events")
  }

  private var configuration: OutputConfiguration {
    var configuration = OutputConfiguration()
    configuration.standardOutput = nil
    configuration.socketPath = path
    return configuration
  }

  private func makeSet(reusing old: OutputSet? = nil) throws -> OutputSet {
    try OutputSet(configuration, metrics: metrics, reusing: old, report: log.add)
  }

  @Test func `every reader gets every event from its connection on`() throws {
    let set = try makeSet()
    #expect(folder.mode("events") == 0o660)
    let first = try SocketClient(path)
    #expect(first.waitUntilAccepted(by: set))
    set.deliver(sampleEvent(0))
    first.read(untilCount: 1)
    let second = try SocketClient(path)
    #expect(second.waitUntilAccepted(by: set))
    set.deliver(sampleEvent(1))
    #expect(set.finish(within: 20))
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(first.events() == sampleLines(0..<2))
    #expect(second.events() == sampleLines(1..<2))
  }

  @Test func `a reader that never reads loses its own events, and is told how many`() throws {
    let set = try makeSet()
    let (idle, diligent) = (try SocketClient(path), try SocketClient(path))
    #expect(idle.waitUntilAccepted(by: set) && diligent.waitUntilAccepted(by: set))
    let count = 40_000
    for number in 0..<count {
      set.deliver(sampleEvent(number))
      if number % 200 == 199 { diligent.read(untilCount: number + 1) }
    }
    #expect(diligent.events() == sampleLines(0..<count))
    idle.read(untilEmptyFor: 1)
    set.deliver(sampleEvent(count))
    #expect(set.finish(within: 20))
    let lines = idle.events()
    var (next, droppedCount) = (0, 0)
    for line in lines {
      if line.hasPrefix(#"{"event":"dropped","count":"#) {
        let lost = Int(line.dropFirst(27).dropLast())!
        next += lost
        droppedCount += lost
      } else {
        #expect(line == sampleLines(next..<next + 1)[0])
        next += 1
      }
    }
    #expect(next == count + 1 && droppedCount > 0)
    #expect(log.all.isEmpty)
  }

  @Test func `the socket of a dead process is replaced, a live one and other files are not`()
    throws
  {
    let set = try makeSet()
    #expect(throws: ListenerError.socketInUse(path: path)) { _ = try makeSet() }
    #expect(set.finish(within: 20))
    try DeadSocket.leave(at: path)
    #expect(FileManager.default.fileExists(atPath: path))
    let second = try makeSet()
    let reader = try SocketClient(path)
    #expect(reader.waitUntilAccepted(by: second))
    #expect(second.finish(within: 20))
    try Data("notes".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: ListenerError.notASocket(path: path)) { _ = try makeSet() }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "notes")
  }

  @Test func `readers stay connected over a change of the configuration`() throws {
    var set = try makeSet()
    let reader = try SocketClient(path)
    #expect(reader.waitUntilAccepted(by: set))
    for change in 0..<5 {
      for number in 0..<20 { set.deliver(sampleEvent(20 * change + number)) }
      set = try makeSet(reusing: set)
    }
    #expect(set.finish(within: 20))
    #expect(reader.events() == sampleLines(0..<100))
  }

  @Test func `readers past the limit are turned away, and those that leave make room`() throws {
    let set = try makeSet()
    var readers = try (0..<32).map { _ in try SocketClient(path) }
    #expect(readers[31].waitUntilAccepted(by: set))
    let refused = try SocketClient(path)
    #expect(refused.waitUntilClosed())
    readers.removeFirst(16)
    // Whoever comes before the others are seen to have left is turned away too, and comes again.
    let isAccepted = try eventually {
      try SocketClient(path).waitUntilAccepted(by: set, within: 1)
    }
    #expect(isAccepted)
    readers = []
    #expect(set.finish(within: 20))
  }
}
