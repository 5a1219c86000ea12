// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization
import Threads

/// The bounded queue in front of one output.
///
/// The control thread appends, the output's thread takes. The lock is held for a few instructions,
/// never while anything is written.
final class Inbox<Sink: OutputSink>: Sendable {
  /// What came of appending an event.
  enum Admission {
    case taken

    /// The queue is full; `isFirst` for the first event since it was empty.
    case dropped(isFirst: Bool)
  }

  /// Readable when there may be something new.
  let wake: WakeDescriptor

  private struct State {
    var events: [ListenerEvent] = []
    var changes: [@Sendable (Sink) -> Void] = []
    var droppedCount = 0
    var finishDeadline: Double?
  }

  private let limit: Int
  private let state = Mutex(State())

  init(limit: Int, wake: WakeDescriptor) {
    self.limit = limit
    self.wake = wake
  }

  func append(_ event: ListenerEvent) -> Admission {
    let admission = state.withLock { state -> Admission in
      guard state.events.count < limit else {
        state.droppedCount += 1
        return .dropped(isFirst: state.droppedCount == 1)
      }
      state.events.append(event)
      return .taken
    }
    wake.signal()
    return admission
  }

  /// Overtakes the events: what stands in their way may be what is to be changed.
  func append(change: @escaping @Sendable (Sink) -> Void) {
    state.withLock { $0.changes.append(change) }
    wake.signal()
  }

  /// From now on the queue is only drained, until `deadline` at most.
  func finish(by deadline: Double) {
    state.withLock { $0.finishDeadline = deadline }
    wake.signal()
  }

  /// The oldest event, nil where there is none.
  func pop() -> ListenerEvent? {
    state.withLock { $0.events.isEmpty ? nil : $0.events.removeFirst() }
  }

  /// What the output is to be from here on.
  func takeChanges() -> [@Sendable (Sink) -> Void] {
    state.withLock { state in
      defer { state.changes = [] }
      return state.changes
    }
  }

  var isEmpty: Bool { state.withLock { $0.events.isEmpty && $0.changes.isEmpty } }

  /// When draining ends; nil while events still come.
  var finishDeadline: Double? { state.withLock { $0.finishDeadline } }

  /// How many events were dropped since this was last asked.
  func takeDroppedCount() -> Int {
    state.withLock { state in
      defer { state.droppedCount = 0 }
      return state.droppedCount
    }
  }
}
