// SPDX-License-Identifier: GPL-3.0-or-later

/// What one output does with events.
///
/// Made on the control thread; from the start of its worker on it is called on that thread alone.
protocol OutputSink: AnyObject, Sendable {
  var kind: OutputKind { get }

  /// Whether it can take an event now; where not, events wait in the queue.
  var isReady: Bool { get }

  /// Whether everything that it took has left.
  var isIdle: Bool { get }

  /// What it waits for beside events.
  func wait() -> OutputWait

  /// Goes on after the wait, whatever ended it.
  func serve(_ ready: [DescriptorWait])

  /// Takes an event. Called only where it is ready.
  func take(_ event: ListenerEvent)

  /// No event comes after those that wait; `close` comes when it is idle, and at `deadline` at the
  /// latest. May be called again with another deadline.
  func finish(by deadline: Double)

  /// The last call.
  func close()
}

/// What an output's thread sleeps on.
struct OutputWait {
  var descriptors: [DescriptorWait] = []

  /// Seconds of the monotonic clock; nil waits without end.
  var deadline: Double?
}

/// One descriptor and what is waited for, or was found.
struct DescriptorWait: Equatable {
  var descriptor: Int32
  var reads = false
  var writes = false

  /// The other end has gone; found without being asked for.
  var hasEnded = false
}
