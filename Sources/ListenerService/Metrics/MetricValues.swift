// SPDX-License-Identifier: GPL-3.0-or-later

import Synchronization

/// A number that only grows; written from any thread without a lock.
final class MetricCounter: Sendable {
  private let count = Atomic<Int>(0)

  var value: Int { count.load(ordering: .relaxed) }

  func add(_ amount: Int = 1) { count.wrappingAdd(amount, ordering: .relaxed) }

  /// Takes over a total that is counted elsewhere.
  func store(_ total: Int) { count.store(total, ordering: .relaxed) }
}

/// A number that goes up and down; written from any thread without a lock.
final class MetricGauge: Sendable {
  private let bits: Atomic<UInt64>

  init(_ value: Double) { bits = Atomic(value.bitPattern) }

  var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func store(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
}

/// How often values fell below each of some bounds; written from any thread without a lock.
///
/// A reader may see an observation in its bucket that is not in the sum yet, never the reverse of a
/// bucket: each count is whole.
final class MetricHistogram: Sendable {
  /// Upper bounds, inclusive, rising; above the last one there is one more bucket.
  let bounds: [Double]

  private let counts: [MetricCounter]

  /// In units of 1e-9, so that it can be added to atomically.
  private let sumNanounits = MetricCounter()

  init(bounds: [Double]) {
    self.bounds = bounds
    counts = (0...bounds.count).map { _ in MetricCounter() }
  }

  func observe(_ value: Double) {
    guard value.isFinite else { return }
    var index = 0
    while index < bounds.count && value > bounds[index] { index += 1 }
    counts[index].add()
    sumNanounits.add(Int((value * 1e9).rounded()))
  }

  /// How many values were at most each bound; the last is the count of all.
  var cumulativeCounts: [Int] {
    var total = 0
    return counts.map { count in
      total += count.value
      return total
    }
  }

  var sum: Double { Double(sumNanounits.value) * 1e-9 }
}
