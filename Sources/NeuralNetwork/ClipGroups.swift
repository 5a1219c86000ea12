// SPDX-License-Identifier: GPL-3.0-or-later

/// A batch cut into groups of clips, the unit of parallel work.
///
/// A function of the batch size alone, so that results do not depend on the number of threads.
struct ClipGroups {
  let clipCount: Int
  let size: Int
  let count: Int

  init(clipCount: Int) {
    self.clipCount = clipCount
    size = max(4, (clipCount + 31) / 32)
    count = (clipCount + size - 1) / size
  }

  func clips(_ group: Int) -> Range<Int> {
    group * size..<min((group + 1) * size, clipCount)
  }
}
