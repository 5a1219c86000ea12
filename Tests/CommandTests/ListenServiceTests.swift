// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import PulseServer
import ServiceManager
import Testing

/// What `kws listen` tells a service manager, over a real datagram socket.
@Suite(.serialized) struct ListenServiceTests {
  private let server: PulseServer
  private let manager: DatagramReceiver

  init() throws {
    server = try PulseServer()
    manager = try DatagramReceiver(isAbstract: false)
  }

  private func listen(watchdogSeconds: Double? = nil) throws -> RunningCommand {
    var environment = server.environment
    environment["NOTIFY_SOCKET"] = manager.address
    if let watchdogSeconds { environment["WATCHDOG_USEC"] = "\(Int(watchdogSeconds * 1e6))" }
    return try RunningCommand(
      ["listen", "--device", "nullmon", "--format", "none", "--log-file", "/dev/null"],
      environment: environment)
  }

  /// Messages until one starts with `prefix`, that one included; nil where none comes in time.
  private func messages(until prefix: String, seconds: Double = 20) -> [String]? {
    var messages: [String] = []
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
      guard let message = manager.next(withinSeconds: 1) else { continue }
      messages.append(message)
      if message.hasPrefix(prefix) { return messages }
    }
    return nil
  }

  /// Every message of the next seconds.
  private func messages(ofSeconds seconds: Double) -> [String] {
    var messages: [String] = []
    let deadline = Date(timeIntervalSinceNow: seconds)
    while Date() < deadline {
      if let message = manager.next(withinSeconds: 1) { messages.append(message) }
    }
    return messages
  }

  @Test func `it is ready once audio flows, and waits for a microphone until then`() throws {
    server.stop()
    let listener = try listen()
    let waiting = messages(ofSeconds: 3)
    #expect(waiting.contains { $0.hasPrefix("EXTEND_TIMEOUT_USEC=") })
    #expect(waiting.contains { $0.hasPrefix("STATUS=waiting for nullmon") })
    #expect(!waiting.contains("READY=1"))
    // A reload takes over without a word: nothing may be ready before there is audio.
    listener.send(SIGHUP)
    let reloading = messages(ofSeconds: 1)
    #expect(!reloading.contains { $0.hasPrefix("READY") || $0.hasPrefix("RELOADING") })
    #expect(listener.wait { $0.error.contains("the new configuration holds") })
    try server.start()
    let starting = try #require(messages(until: "READY=1", seconds: 30))
    #expect(!starting.contains("STOPPING=1"))
    let states = starting + messages(ofSeconds: 2)
    #expect(states.contains { $0.hasPrefix("STATUS=listening to nullmon, 16000 Hz") })
    listener.send(SIGTERM)
    #expect(messages(until: "STOPPING=1") != nil)
    #expect(listener.end() == 0)
  }

  @Test func `the watchdog is fed only while audio goes through the network`() throws {
    let listener = try listen(watchdogSeconds: 2)
    #expect(messages(until: "READY=1") != nil)
    #expect(messages(until: "WATCHDOG=1") != nil)
    server.pause()
    // What was on its way may still feed it once.
    _ = messages(ofSeconds: 1.5)
    let deaf = messages(ofSeconds: 3)
    #expect(!deaf.contains("WATCHDOG=1"), "\(deaf)")
    server.resume()
    #expect(messages(until: "WATCHDOG=1", seconds: 30) != nil)
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
  }

  @Test func `a reload is announced, and ended by being ready`() throws {
    let listener = try listen()
    #expect(messages(until: "READY=1") != nil)
    listener.send(SIGHUP)
    #expect(messages(until: "RELOADING=1") != nil)
    #expect(messages(until: "READY=1") != nil)
    listener.send(SIGTERM)
    #expect(listener.end() == 0)
  }
}
