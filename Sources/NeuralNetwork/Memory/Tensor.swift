// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
package import ModelFormat

/// Values `[clip, time, frequency, channel]` of a batch, with room for columns before the first of
/// every clip: the history that causal layers look back on.
package final class Tensor {
  package let columnShape: ColumnShape

  /// Own columns per clip.
  package let timeCount: Int

  /// Columns of history before the first of a clip.
  package let leadCount: Int

  /// Floats from one clip to the next.
  package let clipStride: Int

  /// The storage; `range(clip:)` says where a clip lies in it.
  package let buffer: SharedBuffer<Float>

  /// A tensor of zeros.
  convenience init(
    clipCapacity: Int, timeCount: Int, columnShape: ColumnShape, leadCount: Int = 0
  ) {
    let count = clipCapacity * (leadCount + timeCount) * columnShape.count
    self.init(
      timeCount: timeCount, columnShape: columnShape, leadCount: leadCount,
      buffer: SharedBuffer(zeroed: count))
  }

  /// A tensor in a workspace's memory, with any values.
  convenience init(
    clipCapacity: Int, timeCount: Int, columnShape: ColumnShape, leadCount: Int = 0,
    memory: WorkspaceMemory
  ) {
    let count = clipCapacity * (leadCount + timeCount) * columnShape.count
    self.init(
      timeCount: timeCount, columnShape: columnShape, leadCount: leadCount,
      buffer: memory.take(count))
  }

  /// A tensor in memory that others use at other times.
  init(timeCount: Int, columnShape: ColumnShape, leadCount: Int = 0, buffer: SharedBuffer<Float>) {
    self.columnShape = columnShape
    self.timeCount = timeCount
    self.leadCount = leadCount
    clipStride = (leadCount + timeCount) * columnShape.count
    self.buffer = buffer
  }

  /// The elements of `buffer` that are the clip's own columns, `[time, frequency, channel]`.
  package func range(clip: Int) -> Range<Int> {
    let start = clip * clipStride + leadCount * columnShape.count
    return start..<start + timeCount * columnShape.count
  }
}
