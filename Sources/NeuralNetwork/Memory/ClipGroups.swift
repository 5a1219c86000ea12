// SPDX-License-Identifier: GPL-3.0-or-later

/// A batch cut into groups of clips, the unit of parallel work, and groups into blocks, the unit of
/// cache.
///
/// Functions of the batch and the layers alone, so that results do not depend on the number of
/// threads. Sixteen groups: with two threads the last to finish then keeps the other waiting for
/// little (10 % of a step of `derived` less than with eight), and partial gradients are still few.
struct ClipGroups {
  static let largestCount = 16

  let clipCount: Int
  let count: Int

  init(clipCount: Int) {
    self.clipCount = clipCount
    count = min(clipCount, Self.largestCount)
  }

  func clips(_ group: Int) -> Range<Int> {
    group * clipCount / count..<(group + 1) * clipCount / count
  }

  /// Clips of the largest group.
  var largestSize: Int { (clipCount + count - 1) / count }

  /// The clips of a group in runs of at most `size`.
  func blocks(_ group: Int, size: Int) -> [Range<Int>] {
    let clips = clips(group)
    return stride(from: clips.lowerBound, to: clips.upperBound, by: size).map {
      $0..<min($0 + size, clips.upperBound)
    }
  }
}
