// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels

/// The samples of the next frame that have come so far, and how many to pass over before it.
struct SampleHistory: ~Copyable {
  /// Samples of the next frame.
  private(set) var count = 0

  private var buffer: AlignedBuffer<Float>
  private var start = 0
  // Samples between frames, where the hop is longer than the window.
  private var gap = 0
  private let windowLength: Int
  private let hopLength: Int

  init(_ configuration: FeatureConfiguration) {
    windowLength = configuration.windowLength
    hopLength = configuration.hopLength
    // Slack of a window, so that frames rarely move to the front.
    buffer = AlignedBuffer(zeroed: 2 * windowLength)
  }

  var byteCount: Int { buffer.count * MemoryLayout<Float>.stride }

  var isFull: Bool { count == windowLength }

  var isSkipping: Bool { gap > 0 }

  /// The address of the frame's samples.
  @unsafe var first: UnsafePointer<Float> { unsafe UnsafePointer(buffer.unsafeBase + start) }

  mutating func reset() {
    count = 0
    start = 0
    gap = 0
  }

  /// Passes over samples between frames; returns how many.
  mutating func skip(atMost limit: Int) -> Int {
    let skipped = min(gap, limit)
    gap -= skipped
    return skipped
  }

  /// Appends what is missing of the frame; returns how many samples that took.
  @unsafe mutating func append(_ source: UnsafePointer<Float>, atMost limit: Int) -> Int {
    let added = min(windowLength - count, limit)
    unsafe (buffer.unsafeBase + start + count).update(from: source, count: added)
    count += added
    return added
  }

  /// Goes on to the next frame after a full one.
  mutating func advance() {
    let kept = max(windowLength - hopLength, 0)
    gap = max(hopLength - windowLength, 0)
    start += hopLength
    count = kept
    guard start + windowLength > buffer.count else { return }
    if kept > 0 {
      unsafe buffer.unsafeBase.update(from: buffer.unsafeBase + start, count: kept)
    }
    start = 0
  }

  /// Takes the part `from..<to` of an input as the whole history; `from` beyond `to` is a gap.
  @unsafe mutating func keep(_ source: UnsafePointer<Float>, from: Int, to: Int) {
    start = 0
    gap = max(from - to, 0)
    count = max(to - from, 0)
    guard count > 0 else { return }
    unsafe buffer.unsafeBase.update(from: source + from, count: count)
  }
}
