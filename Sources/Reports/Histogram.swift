// SPDX-License-Identifier: GPL-3.0-or-later

/// How often values of several groups fall into bins of equal width.
package struct Histogram: Sendable {
  package var title: String

  /// What is counted, with its unit.
  package var label: String

  /// Ends of all bins together. What lies outside counts in the nearest bin.
  package var range: ClosedRange<Double>
  package var binCount: Int

  /// How the counts are drawn: where some bins hold a thousand and some one, logarithmically.
  package var scale: Chart.Scale

  package private(set) var groups: [Group] = []

  /// - Precondition: `range` is no point, `binCount` is positive.
  package init(
    title: String, label: String, range: ClosedRange<Double>, binCount: Int,
    scale: Chart.Scale = .linear
  ) {
    precondition(range.lowerBound < range.upperBound && binCount > 0)
    self.title = title
    self.label = label
    self.range = range
    self.binCount = binCount
    self.scale = scale
  }

  /// Values that belong together.
  package struct Group: Equatable, Sendable {
    package var name: String

    /// One count per bin.
    package var counts: [Int]
  }

  /// Counts the values of a group; not-a-number counts nowhere.
  package mutating func add(_ name: String, _ values: some Sequence<Double>) {
    var counts = [Int](repeating: 0, count: binCount)
    for value in values where !value.isNaN {
      let place = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
      counts[Int(min(max(place * Double(binCount), 0), Double(binCount - 1)))] += 1
    }
    groups.append(Group(name: name, counts: counts))
  }

  /// Ends of the bins, one more than there are bins.
  package var edges: [Double] {
    (0...binCount).map {
      range.lowerBound
        + (range.upperBound - range.lowerBound) * Double($0) / Double(binCount)
    }
  }
}
