// SPDX-License-Identifier: GPL-3.0-or-later

/// Sound whose samples name themselves: two neighbours tell their own index.
///
/// A cell is two samples of 15 bits each and a tag in the highest bit: the low half of the cell's
/// number, then the high half. Zeros, which is what is put in for lost audio, are no valid pair.
enum IndexedSound {
  /// The first cell, so that no cell is all zeros.
  private static let firstCell = 1

  /// `count` samples from index 0 on.
  static func samples(count: Int) -> [Int16] {
    (0..<count).map { index in
      let cell = index / 2 + firstCell
      return index % 2 == 0
        ? Int16(truncatingIfNeeded: cell & 0x7fff)
        : Int16(truncatingIfNeeded: 0x8000 | cell >> 15 & 0x7fff)
    }
  }

  /// A part of what was heard in which every sample follows the one before.
  struct Run: Equatable {
    /// Index on the time line of the capture.
    var heardAt: Int
    /// Index in the sound that was played.
    var index: Int
    var count: Int
  }

  /// The runs in a heard piece that begins at `position`, and how many samples belong to none and
  /// are no zeros.
  ///
  /// A cut through a cell leaves a half, which alone says nothing, and two halves may look like a
  /// cell: up to three samples at each cut stay unknown.
  static func runs(_ samples: [Float], position: Int) -> (runs: [Run], unknownCount: Int) {
    let values = samples.map { Int($0 * 32_768) }
    var runs: [Run] = []
    var unknownCount = 0
    var at = 0
    while at < values.count {
      guard let index = index(values, at) else {
        if values[at] != 0 { unknownCount += 1 }
        at += 1
        continue
      }
      if let last = runs.last, last.index + last.count == index,
        last.heardAt + last.count == position + at
      {
        runs[runs.count - 1].count += 2
      } else {
        runs.append(Run(heardAt: position + at, index: index, count: 2))
      }
      at += 2
    }
    unknownCount += runs.filter { $0.count < 4 }.reduce(0) { $0 + $1.count }
    return (runs.filter { $0.count >= 4 }, unknownCount)
  }

  /// The index of the sample at `at`, where it begins a cell.
  private static func index(_ values: [Int], _ at: Int) -> Int? {
    guard at + 1 < values.count, values[at] >= 0, values[at + 1] < 0 else { return nil }
    let cell = (values[at + 1] + 32_768) << 15 | values[at]
    return cell >= firstCell ? 2 * (cell - firstCell) : nil
  }
}
