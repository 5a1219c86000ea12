// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Synchronization

/// The way of samples from the capture thread to the clips: wait-free, without allocation.
///
/// One thread pushes, one takes. Where the clips' thread is too slow for `secondsHeld`, as on a disk
/// that hangs, samples are left out, and the clips know where.
package final class ClipTap: Sendable {
  /// Seconds that a disk may hang.
  static let secondsHeld = 8

  private static let markLimit = 256

  private let samples = SPSCRing<Float>(minimumCapacity: secondsHeld * 16_000)
  private let marks = SPSCRing<ClipMark>(minimumCapacity: markLimit)

  /// Samples pushed in all, and the index that would go on without a gap; the pushing thread's.
  private let pushedCount = Atomic<Int>(0)
  private let expectedIndex = Atomic<Int>(-1)

  init() {}

  /// Hands on `piece`, whose first sample has index `index` of the 16 kHz time line.
  package func push(_ piece: Span<Float>, at index: Int) {
    guard !piece.isEmpty else { return }
    let count = pushedCount.load(ordering: .relaxed)
    // The mark goes first, so that whoever sees the samples sees it too.
    guard samples.freeCount >= piece.count,
      index == expectedIndex.load(ordering: .relaxed)
        || marks.push(ClipMark(position: count, index: index))
    else {
      expectedIndex.store(-1, ordering: .relaxed)
      return
    }
    _ = samples.push(contentsOf: piece)
    pushedCount.store(count + piece.count, ordering: .relaxed)
    expectedIndex.store(index + piece.count, ordering: .relaxed)
  }

  /// Takes samples, and the marks for them and perhaps for some to come.
  func pop(into piece: inout MutableSpan<Float>, marks found: (ClipMark) -> Void) -> Int {
    let count = samples.pop(into: &piece)
    while let mark = marks.pop() { found(mark) }
    return count
  }
}

/// From the sample that is number `position` of all pushed ones on, indices count from `index`.
struct ClipMark: BitwiseCopyable {
  var position: Int
  var index: Int
}
