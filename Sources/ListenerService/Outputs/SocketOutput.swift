// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Threads

/// A Unix stream socket: every reader gets a JSON line per event from its connection on.
///
/// A slow reader loses events of its own, and is told how many by a line of their place.
final class SocketOutput: OutputSink, @unchecked Sendable {
  /// Readers at once; further connections are closed as soon as they are made.
  static let readerLimit = 32

  /// Seconds for which no connection is taken where there is no descriptor for one.
  private static let pauseSeconds = 1.0

  let kind = OutputKind.socket

  private let listener: UnixListener
  private let metrics: OutputMetrics
  private var readers: [SocketReader] = []
  private var acceptTime: Double?

  init(_ listener: UnixListener, metrics: ListenerMetrics) {
    self.listener = listener
    self.metrics = metrics.output(.socket)
  }

  var isReady: Bool { true }
  var isIdle: Bool { readers.allSatisfy { !$0.isWaiting } }

  func wait() -> OutputWait {
    var wait = OutputWait(deadline: acceptTime)
    if acceptTime == nil {
      wait.descriptors = [DescriptorWait(descriptor: listener.descriptor, reads: true)]
    }
    for reader in readers {
      wait.descriptors.append(
        DescriptorWait(
          descriptor: reader.descriptor, reads: reader.mayTalk, writes: reader.isWaiting))
    }
    return wait
  }

  func serve(_ ready: [DescriptorWait]) {
    for found in ready {
      guard let index = readers.firstIndex(where: { $0.descriptor == found.descriptor }) else {
        continue
      }
      if found.reads { readers[index].hear() }
      if found.writes { readers[index].flush() }
      if found.hasEnded { readers[index].leave() }
    }
    removeGone()
    // After those that have left: they made room.
    if ready.contains(where: { $0.descriptor == listener.descriptor }) { acceptReaders() }
    if let acceptTime, monotonicSeconds() >= acceptTime { self.acceptTime = nil }
  }

  func take(_ event: ListenerEvent) {
    for index in readers.indices {
      let isTaken = readers[index].append(event.json)
      (isTaken ? metrics.delivered : metrics.dropped).add()
    }
    removeGone()
  }

  func finish(by deadline: Double) {}

  func close() {
    for reader in readers { Glibc.close(reader.descriptor) }
    readers = []
    listener.close()
  }

  private func acceptReaders() {
    while true {
      let connection: Int32
      switch listener.accept() {
      case .connection(let descriptor): connection = descriptor
      case .none: return
      case .noDescriptor:
        // It stays readable: without a pause this thread would try all the time.
        acceptTime = monotonicSeconds() + Self.pauseSeconds
        return
      }
      guard readers.count < Self.readerLimit else {
        metrics.failed.add()
        Glibc.close(connection)
        continue
      }
      readers.append(SocketReader(descriptor: connection))
    }
  }

  private func removeGone() {
    for reader in readers where reader.hasGone { Glibc.close(reader.descriptor) }
    readers.removeAll { $0.hasGone }
  }
}
