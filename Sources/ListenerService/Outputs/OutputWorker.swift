// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Threads

/// One output with a thread and a bounded queue of its own: what happens to it happens to it alone.
final class OutputWorker<Sink: OutputSink>: RetiringWorker {
  /// Events that wait for one output at most.
  static var queueLimit: Int { 256 }

  private let sink: Sink
  private let inbox: Inbox<Sink>
  private let done: WakeDescriptor
  private let kind: OutputKind
  private let metrics: ListenerMetrics
  private let report: @Sendable (OutputReport) -> Void

  /// Starts the thread; `sink` is its own from here on.
  init(
    _ sink: Sink, metrics: ListenerMetrics, queueLimit: Int = OutputWorker.queueLimit,
    report: @escaping @Sendable (OutputReport) -> Void
  ) throws(ListenerError) {
    self.sink = sink
    self.metrics = metrics
    self.report = report
    kind = sink.kind
    do throws(ListenerError) {
      done = try makeWake(kind.rawValue)
      inbox = Inbox(limit: queueLimit, wake: try makeWake(kind.rawValue))
      try startThread(kind.rawValue) { self.run() }
    } catch {
      sink.close()
      throw error
    }
  }

  /// Hands `event` over, or drops it where the output is too slow. Never waits for the output.
  func deliver(_ event: ListenerEvent) {
    guard case .dropped(let isFirst) = inbox.append(event) else { return }
    metrics.output(kind).dropped.add()
    if isFirst { report(OutputReport(output: kind, fact: .droppingBegan)) }
  }

  /// Changes the output, even where it hangs on what is to be changed.
  func change(_ change: @escaping @Sendable (Sink) -> Void) { inbox.append(change: change) }

  /// Lets the output drain until `deadline` and end, without waiting for it.
  func retire(by deadline: Double) { inbox.finish(by: deadline) }

  /// Waits for the end of the thread; false where it still runs at `deadline`.
  func waitForEnd(until deadline: Double) -> Bool { done.wait(until: deadline) }

  private func run() {
    var toldDeadline: Double?
    while true {
      let ready = sleep(sink.wait())
      inbox.wake.clear()
      for change in inbox.takeChanges() { change(sink) }
      sink.serve(ready)
      while sink.isReady, let event = inbox.pop() { sink.take(event) }
      if inbox.isEmpty { reportDropped() }
      guard let deadline = inbox.finishDeadline else { continue }
      if toldDeadline != deadline {
        toldDeadline = deadline
        sink.finish(by: deadline)
      }
      if monotonicSeconds() >= deadline || (inbox.isEmpty && sink.isIdle) { break }
    }
    while inbox.pop() != nil { metrics.output(kind).dropped.add() }
    reportDropped()
    sink.close()
    done.signal()
  }

  private func reportDropped() {
    let count = inbox.takeDroppedCount()
    if count > 0 { report(OutputReport(output: kind, fact: .droppingEnded(lostCount: count))) }
  }

  /// Waits for the inbox and for what the output asks for; returns what was found.
  private func sleep(_ wait: OutputWait) -> [DescriptorWait] {
    var requests = [pollfd(fd: inbox.wake.descriptor, events: Int16(POLLIN), revents: 0)]
    for wanted in wait.descriptors {
      let events = (wanted.reads ? POLLIN : 0) | (wanted.writes ? POLLOUT : 0)
      requests.append(pollfd(fd: wanted.descriptor, events: Int16(events), revents: 0))
    }
    var deadline = wait.deadline
    if let finish = inbox.finishDeadline { deadline = min(deadline ?? finish, finish) }
    guard
      unsafe poll(&requests, nfds_t(requests.count), pollMilliseconds(until: deadline)) > 0
    else { return [] }
    return requests.dropFirst().filter { $0.revents != 0 }.map { found in
      let events = Int32(found.revents)
      return DescriptorWait(
        descriptor: found.fd, reads: events & POLLIN != 0, writes: events & POLLOUT != 0,
        hasEnded: events & (POLLERR | POLLHUP | POLLNVAL) != 0)
    }
  }
}

/// A worker that was told to end, whatever its output is.
protocol RetiringWorker: AnyObject, Sendable {
  func retire(by deadline: Double)
  func waitForEnd(until deadline: Double) -> Bool
}

/// Makes a descriptor that wakes the thread called `name`.
///
/// - Throws: `ListenerError.system`, as where the process has no descriptors left.
func makeWake(_ name: String) throws(ListenerError) -> WakeDescriptor {
  do throws(ThreadError) {
    return try WakeDescriptor()
  } catch {
    guard case .noPipe(let code) = error else { preconditionFailure("\(error)") }
    throw .system(path: name, operation: "create a pipe", code: code)
  }
}

/// Starts a thread that ends by itself: one that hangs in a write to a dead file system can be left
/// behind.
func startThread(
  _ name: String, _ body: @escaping @Sendable () -> Void
) throws(ListenerError) {
  do throws(ThreadError) {
    _ = try WorkerThread(name: "kws-\(name)", body)
  } catch {
    guard case .cannotStart(_, let code) = error else { return }
    throw .system(path: name, operation: "start a thread", code: code)
  }
}
