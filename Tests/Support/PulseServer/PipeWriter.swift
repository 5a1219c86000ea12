// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import Synchronization
import Threads

/// Writes samples into the FIFO of a pipe source at a pace of its own: a microphone whose real rate,
/// losses and pauses a test decides.
public final class PipeWriter: Sendable {
  private let skipsUntil = Atomic<Int>(0)
  private let position = Atomic<Int>(0)
  private let hasStopped = Atomic<Bool>(false)
  private let rate: Int

  /// Writes `samples`, signed 16 bits, at `rate` samples per second of the clock.
  public init(path: String, rate: Int, samples: [Int16]) throws {
    self.rate = rate
    let descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileFailure.write(path: path, code: errno) }
    _ = try WorkerThread(name: "pipe-writer") { [self] in
      run(descriptor, samples)
      close(descriptor)
    }
  }

  deinit { stop() }

  /// Lets the samples of the next `seconds` fall on the floor, as a device does that drops packets.
  public func skip(seconds: Double) {
    skipsUntil.store(
      position.load(ordering: .relaxed) + Int(seconds * Double(rate)), ordering: .relaxed)
  }

  /// Writes nothing more.
  public func stop() { hasStopped.store(true, ordering: .relaxed) }

  private func run(_ descriptor: Int32, _ samples: [Int16]) {
    let clock = ContinuousClock()
    let start = clock.now
    while !hasStopped.load(ordering: .relaxed) {
      usleep(10_000)
      let from = position.load(ordering: .relaxed)
      let due = min(Int((clock.now - start) / .seconds(1) * Double(rate)), samples.count)
      if from == samples.count { return }
      position.store(due, ordering: .relaxed)
      // Even numbers, so that pairs of samples stay together.
      let first = min(max(from, skipsUntil.load(ordering: .relaxed) & ~1), due)
      let written = unsafe samples[first..<due].withUnsafeBytes { raw in
        unsafe raw.isEmpty ? 0 : write(descriptor, raw.baseAddress, raw.count)
      }
      if written < 0 { return }
    }
  }
}
