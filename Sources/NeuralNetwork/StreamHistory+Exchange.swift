// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

extension Tensor {
  /// Puts the history of each clip before its first column, zeros where it starts from reset, and
  /// keeps its last columns as the history of the next clip in the slot.
  ///
  /// Correct for clips shorter than the history, whose next history is partly the old one.
  func exchangeHistory(_ clips: Range<Int>, continues: [Bool], history: SharedBuffer<Float>?) {
    let count = leadCount * columnShape.count
    guard count > 0 else { return }
    for clip in clips {
      let first = unsafe start(clip)
      let lead = unsafe first - count
      if let history, continues[clip] {
        unsafe lead.update(from: history.unsafeBase + clip * count, count: count)
      } else {
        unsafe lead.update(repeating: 0, count: count)
      }
      if let history {
        let last = unsafe first + (timeCount * columnShape.count - count)
        unsafe (history.unsafeBase + clip * count).update(from: last, count: count)
      }
    }
  }
}
