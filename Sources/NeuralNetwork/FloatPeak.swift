// SPDX-License-Identifier: GPL-3.0-or-later

import CKernels
import Dispatch

/// The processor's peak of fused multiply-adds in single precision, to measure training against.
package struct FloatPeak: Sendable {
  /// Threads that compute at once.
  package let threadCount: Int

  /// Rounds of one call and thread: some milliseconds, so that waking a thread does not count.
  private static let roundCount = 3_000_000

  package init(threadCount: Int) {
    precondition(threadCount > 0, "at least one thread")
    self.threadCount = threadCount
  }

  /// The instruction set of the kernels, such as `avx512`.
  package var instructionSet: String {
    unsafe String(cString: kws_float_kernels_at(0).pointee.name)
  }

  /// Computes on every thread and returns the floating-point operations of all together: two per
  /// multiply-add.
  package func run() -> Int {
    DispatchQueue.concurrentPerform(iterations: threadCount) { _ in _ = Self.runOnce() }
    return 2 * threadCount * Self.multiplyAddCount
  }

  private static let multiplyAddCount = runOnce()

  private static func runOnce() -> Int {
    var total: Float = 0
    // The sums tend to 1: neither overflow nor denormal numbers.
    return unsafe kws_float_kernels_at(0).pointee.peak(roundCount, 0.999, 0.001, &total)
  }
}
