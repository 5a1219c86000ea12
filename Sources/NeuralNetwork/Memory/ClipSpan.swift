// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import ModelFormat

/// A few clips of a tensor as kernels see them: `[clip, time, frequency, channel]` with the clips
/// `clipStride` floats apart. History columns may lie before each clip, zero columns behind it.
///
/// It points into memory that somebody else owns, and lives no longer than a kernel's call.
@unsafe struct ClipSpan {
  /// The first own column of the first clip.
  let base: UnsafeMutablePointer<Float>
  let clipStride: Int
  let clipCount: Int

  /// Own columns per clip.
  let timeCount: Int

  /// Own columns of a clip, counted from the first of the span.
  func start(_ clip: Int) -> UnsafeMutablePointer<Float> { unsafe base + clip * clipStride }

  /// The same clips as a single one, where nothing lies between them.
  func joined(columnSize: Int) -> ClipSpan? {
    guard unsafe clipStride == timeCount * columnSize else { return nil }
    return unsafe ClipSpan(
      base: base, clipStride: clipCount * clipStride, clipCount: 1,
      timeCount: clipCount * timeCount)
  }

  /// Sets `count` floats of every clip to zero.
  func clear(_ count: Int) {
    for clip in unsafe 0..<clipCount { unsafe start(clip).update(repeating: 0, count: count) }
  }
}

extension Tensor {
  /// The first own column of a clip; the history lies before it.
  @unsafe func start(_ clip: Int) -> UnsafeMutablePointer<Float> {
    unsafe buffer.unsafeBase + clip * clipStride + leadCount * columnShape.count
  }

  /// The clips of a range.
  @unsafe func span(_ clips: Range<Int>) -> ClipSpan {
    unsafe ClipSpan(
      base: start(clips.lowerBound), clipStride: clipStride, clipCount: clips.count,
      timeCount: timeCount)
  }
}
