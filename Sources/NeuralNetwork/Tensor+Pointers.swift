// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// The table of float kernels that layers call: the best one that the processor has.
typealias Kernels = kws_float_kernels

extension Kernels {
  nonisolated(unsafe) static let best: Kernels = unsafe kws_float_kernels_at(0).pointee
}

extension Tensor {
  /// The first own column of a clip; the history lies before it.
  @unsafe func start(_ clip: Int) -> UnsafeMutablePointer<Float> {
    unsafe buffer.unsafeBase + clip * clipStride + leadCount * columnShape.count
  }

  /// Sets the own columns of the clips to zero.
  func clear(_ clips: Range<Int>) {
    for clip in clips {
      unsafe start(clip).update(repeating: 0, count: timeCount * columnShape.count)
    }
  }
}
