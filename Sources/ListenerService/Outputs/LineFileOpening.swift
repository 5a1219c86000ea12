// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import Threads

/// Opens a file for lines without waiting for a file system that hangs.
final class LineFileOpening: Sendable {
  private enum State {
    case waiting
    case done(Result<LineFile, ListenerError>)
    case abandoned
  }

  /// Seconds that a file system has: the control thread waits for so long at most.
  private static let limitSeconds = 2.0

  private let state = Mutex(State.waiting)
  private let isDone: WakeDescriptor

  private init() throws(ListenerError) { isDone = try makeWake(OutputKind.logFile.rawValue) }

  /// `LineFile(appendingTo:)` on a thread of its own, which is left behind where it takes too long.
  ///
  /// - Throws: `ListenerError.system`, with `ETIMEDOUT` where it was left behind.
  static func open(_ path: String) throws(ListenerError) -> LineFile {
    let opening = try LineFileOpening()
    try startThread("open") { opening.run(path) }
    _ = opening.isDone.wait(until: monotonicSeconds() + limitSeconds)
    return try opening.result(path).get()
  }

  private func run(_ path: String) {
    let result = Result { () throws(ListenerError) in try LineFile(appendingTo: path) }
    let isWanted = state.withLock { state in
      guard case .waiting = state else { return false }
      state = .done(result)
      return true
    }
    if !isWanted, case .success(let file) = result { file.close() }
    isDone.signal()
  }

  private func result(_ path: String) -> Result<LineFile, ListenerError> {
    state.withLock { state in
      if case .done(let result) = state { return result }
      state = .abandoned
      return .failure(.system(path: path, operation: "open", code: ETIMEDOUT))
    }
  }
}
