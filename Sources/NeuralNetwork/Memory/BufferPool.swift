// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Memory that is handed on from one network to the next: where every step has a network of its own,
/// the system would otherwise give and clear hundreds of megabytes per step.
///
/// Not safe for use from several threads at once.
package final class BufferPool {
  private var free: [SharedBuffer<Float>] = []
  private var freeCount = 0
  private var largestCount = 0

  package init() {}

  /// A buffer of at least `count` values, which are what its last user left.
  func take(_ count: Int) -> SharedBuffer<Float> {
    var best: Int?
    for (index, buffer) in free.enumerated() where buffer.count >= count {
      if best.map({ free[$0].count > buffer.count }) ?? true { best = index }
    }
    // A much larger one is left for whom it fits.
    guard let best, free[best].count <= max(2 * count, 1 << 12) else {
      return SharedBuffer(zeroed: count)
    }
    freeCount -= free[best].count
    return free.remove(at: best)
  }

  /// Takes back buffers of one user, who does not use them any more.
  ///
  /// What is free may take half as much again as the largest user had; beyond that the buffers that
  /// nobody asked for longest go.
  func give(_ buffers: [SharedBuffer<Float>]) {
    let count = buffers.reduce(0) { $0 + $1.count }
    largestCount = max(largestCount, count)
    free += buffers
    freeCount += count
    var goneCount = 0
    while freeCount > largestCount + largestCount / 2 {
      freeCount -= free[goneCount].count
      goneCount += 1
    }
    free.removeFirst(goneCount)
  }
}
