// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// The memory of one workspace: taken from a pool, where there is one, and given back at its end.
final class WorkspaceMemory {
  private let pool: BufferPool?
  private var taken: [SharedBuffer<Float>] = []
  /// Buffers whose tenants are done, for the layers after them.
  private var spare: [SharedBuffer<Float>] = []

  init(pool: BufferPool?) { self.pool = pool }

  deinit { pool?.give(taken) }

  /// A buffer of at least `count` values; zero at first only without a pool.
  func take(_ count: Int) -> SharedBuffer<Float> {
    if let index = spare.indices.filter({ spare[$0].count >= count }).min(
      by: { spare[$0].count < spare[$1].count })
    {
      return spare.remove(at: index)
    }
    let buffer = pool?.take(count) ?? SharedBuffer(zeroed: count)
    taken.append(buffer)
    return buffer
  }

  /// Lets other tensors of this workspace have a buffer from now on.
  func reuse(_ buffer: SharedBuffer<Float>) { spare.append(buffer) }
}
