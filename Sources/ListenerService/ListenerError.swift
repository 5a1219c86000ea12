// SPDX-License-Identifier: GPL-3.0-or-later

/// Why the listener cannot run as it was asked to.
package enum ListenerError: Error, Equatable {
  /// A system call failed; `code` is its `errno`.
  case system(path: String, operation: String, code: Int32)

  /// A process that is alive listens on this socket.
  case socketInUse(path: String)

  /// Something that is no socket stands where one is to be made.
  case notASocket(path: String)

  /// A library refused to start the server of the metrics.
  case metricsServer(path: String)
}
