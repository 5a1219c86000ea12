// SPDX-License-Identifier: GPL-3.0-or-later

import CHTTPServer
import Glibc

/// What a server says to a request.
struct HTTPAnswer: Equatable {
  var status: Int
  var contentType: String
  var body: String
}

/// Serves small pages on listening sockets that stay the caller's. One thread.
@safe final class HTTPServer: @unchecked Sendable {
  private let handle: OpaquePointer
  private let answer: Answer

  private final class Answer {
    let make: (String) -> HTTPAnswer?

    init(_ make: @escaping (String) -> HTTPAnswer?) { self.make = make }
  }

  /// - Parameters:
  ///   - path: the name that errors give.
  ///   - checksHost: see `kws_http_server_create`.
  ///   - answer: called on the thread of `run` with the path of a request; nil for no such page.
  init(
    sockets: [Int32], path: String, checksHost: Bool,
    answer: @escaping @Sendable (String) -> HTTPAnswer?
  ) throws(ListenerError) {
    self.answer = Answer(answer)
    let context = unsafe Unmanaged.passUnretained(self.answer).toOpaque()
    let created = unsafe kws_http_server_create(
      sockets, Int32(sockets.count), checksHost,
      { context, path, request in
        let answer = unsafe Unmanaged<Answer>.fromOpaque(context!).takeUnretainedValue()
        guard let made = unsafe answer.make(String(cString: path)) else { return }
        let bytes = Array(made.body.utf8)
        unsafe kws_http_answer(
          request, Int32(made.status), made.status == 200 ? "OK" : "Service Unavailable",
          made.contentType, bytes, bytes.count)
      }, context)
    guard let created = unsafe created else { throw .metricsServer(path: path) }
    unsafe handle = created
  }

  deinit { unsafe kws_http_server_free(handle) }

  /// Serves until the descriptor `stop` is readable.
  func run(until stop: Int32) { unsafe kws_http_server_run(handle, stop) }
}
