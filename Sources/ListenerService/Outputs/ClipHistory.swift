// SPDX-License-Identifier: GPL-3.0-or-later

/// The last seconds of samples as 16-bit integers, which know their place on the time line.
///
/// Positions count samples that came; indices count samples of the time line, where gaps count.
struct ClipHistory {
  /// Samples without a gap between them.
  struct Stretch: Equatable {
    /// Indices of the samples that are still there.
    var indices: Range<Int>

    /// Whether samples may still follow on.
    var isOpen: Bool

    /// Position of index 0, were there one.
    fileprivate var offset: Int
  }

  private var samples: [Int16]

  /// Samples that came in all.
  private(set) var position = 0

  /// Where stretches begin, in order; those that are gone are forgotten.
  private var marks: [ClipMark] = []

  /// - Parameters:
  ///   - length: samples that are kept.
  init(length: Int) { samples = [Int16](repeating: 0, count: length) }

  var length: Int { samples.count }

  /// Tells where a stretch begins that has come or is about to.
  mutating func add(_ mark: ClipMark) { marks.append(mark) }

  /// Takes the first `count` of `piece`, each in [-1, 1).
  mutating func append(_ piece: Span<Float>, count: Int) {
    for index in 0..<count {
      let scaled = piece[index].isFinite ? (piece[index] * 32_768).rounded() : 0
      samples[(position + index) % samples.count] = Int16(min(max(scaled, -32_768), 32_767))
    }
    position += count
    while marks.count > 1, marks[1].position <= position - samples.count { marks.removeFirst() }
  }

  /// The stretch that holds index `index`, or came last before it; nil where none is left.
  func stretch(at index: Int) -> Stretch? {
    let come = marks.filter { $0.position < position }
    guard let found = come.lastIndex(where: { $0.index <= index }) else { return nil }
    let mark = come[found]
    let first = max(mark.position, position - samples.count)
    let isLast = found == come.count - 1
    let end = isLast ? position : come[found + 1].position
    guard first < end else { return nil }
    let offset = mark.position - mark.index
    return Stretch(
      indices: first - offset..<end - offset, isOpen: isLast && come.count == marks.count,
      offset: offset)
  }

  /// The samples of `indices`, which lie in `stretch`.
  func samples(_ indices: Range<Int>, of stretch: Stretch) -> [Int16] {
    indices.map { samples[($0 + stretch.offset) % samples.count] }
  }

  /// The same history with room for another number of samples.
  func resized(to length: Int) -> ClipHistory {
    var resized = ClipHistory(length: length)
    resized.position = position
    resized.marks = marks
    for place in max(0, position - min(length, samples.count))..<position {
      resized.samples[place % length] = samples[place % samples.count]
    }
    return resized
  }
}
