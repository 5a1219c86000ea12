// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Glibc
import ListenerService
import Testing

/// The metrics over HTTP and as a file, read by curl.
@Suite struct MetricsServerTests {
  let folder: OutputFolder
  let metrics = ListenerMetrics(faults: ["overrun"], states: ["waiting", "running"])
  let log = ReportLog()

  init() throws { folder = try OutputFolder() }

  private func makeSet(
    socket: String? = nil, port: Int? = nil, textfile: String? = nil,
    reusing old: OutputSet? = nil
  ) throws -> OutputSet {
    var configuration = OutputConfiguration()
    configuration.standardOutput = nil
    configuration.metrics.socketPath = socket
    configuration.metrics.port = port
    configuration.metrics.textfilePath = textfile
    return try OutputSet(configuration, metrics: metrics, reusing: old, report: log.add)
  }

  @Test func `metrics and health are served on a unix socket`() throws {
    let path = folder.path("metrics")
    let set = try makeSet(socket: path)
    func get(_ page: String) throws -> HTTPReply? {
      try HTTPReply(["--unix-socket", path, "http://kws\(page)"])
    }
    #expect(folder.mode("metrics") == 0o660)
    let reply = try #require(try get("/metrics"))
    #expect(reply.status == 200)
    #expect(reply.contentType == "text/plain; version=0.0.4; charset=utf-8")
    #expect(reply.body.contains("\nkws_up 0\n") && reply.body.hasSuffix("\n"))
    let deaf = try #require(try get("/healthz"))
    #expect(deaf.status == 503)
    #expect(
      deaf.body == #"{"healthy":false,"ready":false,"captureState":"waiting","#
        + #""secondsWithoutAudio":null}"# + "\n")
    #expect(try get("/readyz")?.status == 503)
    metrics.captureIs(1)
    metrics.readyIs(true)
    metrics.processed(sampleCount: 160, seconds: 0.001)
    #expect(try get("/healthz")?.status == 200)
    #expect(try get("/readyz?verbose")?.status == 200)
    #expect(try get("/metrics")?.body.contains("\nkws_up 1\n") == true)
    #expect(try get("/")?.status == 404)
    #expect(try get("/metrics/more")?.status == 404)
    #expect(
      try HTTPReply(["--unix-socket", path, "--data", "x=1", "http://kws/metrics"])?.status != 200)
    #expect(set.finish(within: 20))
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `silence after audio is told as deafness with its length`() throws {
    metrics.captureIs(1)
    metrics.processed(sampleCount: 160, seconds: 0.001)
    #expect(metrics.health.isHealthy)
    usleep(UInt32((ListenerMetrics.deafSeconds + 0.2) * 1e6))
    let health = metrics.health
    #expect(!health.isHealthy && health.captureState == "running")
    #expect(try #require(health.secondsWithoutAudio) >= ListenerMetrics.deafSeconds)
  }

  @Test func `a loopback port answers loopback names only`() throws {
    let port = try freePort()
    let set = try makeSet(port: port)
    #expect(try HTTPReply(["http://127.0.0.1:\(port)/metrics"])?.status == 200)
    #expect(try HTTPReply(["http://localhost:\(port)/metrics"])?.status == 200)
    let foreign = try HTTPReply(["-H", "Host: example.com", "http://127.0.0.1:\(port)/metrics"])
    #expect(foreign?.status == 403 && foreign?.body.contains("kws_up") == false)
    #expect(throws: ListenerError.self) { _ = try makeSet(port: port) }
    #expect(set.finish(within: 20))
    #expect(try HTTPReply(["http://127.0.0.1:\(port)/metrics"]) == nil)
  }

  @Test func `a server goes on over a change of the configuration that keeps it`() throws {
    let (path, other) = (folder.path("metrics"), folder.path("other"))
    let first = try makeSet(socket: path)
    let second = try makeSet(socket: path, reusing: first)
    #expect(try HTTPReply(["--unix-socket", path, "http://kws/metrics"])?.status == 200)
    let third = try makeSet(socket: other, reusing: second)
    #expect(try HTTPReply(["--unix-socket", other, "http://kws/metrics"])?.status == 200)
    #expect(eventually { !FileManager.default.fileExists(atPath: path) })
    #expect(third.finish(within: 20))
  }

  @Test func `connections that say nothing do not keep others out for long`() throws {
    let path = folder.path("metrics")
    let set = try makeSet(socket: path)
    var silent = try (0..<20).map { _ in try SocketClient(path) }
    #expect(try HTTPReply(["--unix-socket", path, "http://kws/metrics"])?.status == 200)
    silent = []
    #expect(try HTTPReply(["--unix-socket", path, "http://kws/metrics"])?.status == 200)
    #expect(silent.isEmpty && set.finish(within: 20))
  }

  @Test func `the textfile is there at once, whole and readable, and gone at the end`() throws {
    let set = try makeSet(textfile: folder.path("kws.prom"))
    #expect(folder.lines("kws.prom").contains("kws_up 0"))
    #expect(folder.mode("kws.prom") == 0o644)
    metrics.processed(sampleCount: 160, seconds: 0.001)
    #expect(
      eventually(within: 40) {
        folder.lines("kws.prom").contains("kws_processed_samples_total 160")
      })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == ["kws.prom"])
    #expect(set.finish(within: 20))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root) == [])
    let impossible = folder.path("no/kws.prom")
    #expect(throws: ListenerError.system(path: impossible, operation: "create", code: ENOENT)) {
      _ = try makeSet(textfile: impossible)
    }
  }

  /// A port that was free a moment ago.
  private func freePort() throws -> Int {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = unsafe withUnsafeMutablePointer(to: &address) { pointer in
      unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        unsafe bind(descriptor, $0, size) + getsockname(descriptor, $0, &size)
      }
    }
    try #require(status == 0)
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
