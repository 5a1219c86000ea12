// SPDX-License-Identifier: GPL-3.0-or-later

import Threads

/// HTTP on a Unix socket or a loopback port: `/metrics`, `/healthz` and `/readyz`.
final class MetricsServer: RetiringWorker {
  private let stop: WakeDescriptor
  private let done: WakeDescriptor

  /// Serves on a Unix socket, which is removed at the end.
  convenience init(_ listener: UnixListener, _ metrics: ListenerMetrics) throws(ListenerError) {
    // Whoever may open the socket may read it, whatever host the request names.
    try self.init(
      .metricsSocket, path: listener.path, sockets: [listener.descriptor], checksHost: false,
      metrics
    ) { listener.close() }
  }

  /// Serves on a loopback port.
  convenience init(
    _ listener: LoopbackListener, _ metrics: ListenerMetrics
  ) throws(ListenerError) {
    try self.init(
      .metricsPort, path: "127.0.0.1:\(listener.port)", sockets: listener.descriptors,
      checksHost: true, metrics
    ) { listener.close() }
  }

  private init(
    _ kind: OutputKind, path: String, sockets: [Int32], checksHost: Bool,
    _ metrics: ListenerMetrics, close: @escaping @Sendable () -> Void
  ) throws(ListenerError) {
    do throws(ListenerError) {
      (stop, done) = (try makeWake(kind.rawValue), try makeWake(kind.rawValue))
      let server = try HTTPServer(sockets: sockets, path: path, checksHost: checksHost) {
        metrics.answer($0, kind)
      }
      try startThread(kind.rawValue) { [stop, done] in
        server.run(until: stop.descriptor)
        close()
        done.signal()
      }
    } catch {
      close()
      throw error
    }
  }

  func retire(by deadline: Double) { stop.signal() }
  func waitForEnd(until deadline: Double) -> Bool { done.wait(until: deadline) }
}

extension ListenerMetrics {
  /// The answer to a request of `path`, nil where there is no such page.
  fileprivate func answer(_ path: String, _ kind: OutputKind) -> HTTPAnswer? {
    output(kind).delivered.add()
    let health = health
    switch path {
    case "/metrics":
      return HTTPAnswer(status: 200, contentType: PrometheusText.contentType, body: text)
    case "/healthz": return answer(health, isGood: health.isHealthy)
    case "/readyz": return answer(health, isGood: health.isReady)
    default: return nil
    }
  }

  private func answer(_ health: ListenerHealth, isGood: Bool) -> HTTPAnswer {
    HTTPAnswer(
      status: isGood ? 200 : 503, contentType: "application/json", body: health.json + "\n")
  }
}
