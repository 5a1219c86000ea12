// SPDX-License-Identifier: GPL-3.0-or-later

/// Two models on the same clips or words, pair by pair: what both get right or wrong says nothing
/// about which is better, and how hard the data are cancels out.
package struct PairedComparison: Equatable, Sendable {
  package var pairCount: Int

  /// Pairs that only the first, or only the second, got right.
  package var onlyFirstCount: Int
  package var onlySecondCount: Int

  /// - Precondition: one element per pair in both.
  package init(first: [Bool], second: [Bool]) {
    precondition(first.count == second.count, "\(first.count) and \(second.count) results")
    pairCount = first.count
    onlyFirstCount = zip(first, second).count { $0 && !$1 }
    onlySecondCount = zip(first, second).count { !$0 && $1 }
  }

  /// The part that the first got right less the part that the second did; 0 of no pairs.
  package var difference: Double {
    Double(onlyFirstCount - onlySecondCount) / Double(max(pairCount, 1))
  }

  /// The 95 % interval of the difference: Wald's with one pair added to each of the two counts
  /// (Bonett, Price, Communications in Statistics 41 (2012), 1-14), within -1...1.
  ///
  /// It is approximate, the test exact: at the edge they can disagree.
  package var interval: (low: Double, high: Double) {
    let total = Double(pairCount + 2)
    let first = Double(onlyFirstCount + 1) / total
    let second = Double(onlySecondCount + 1) / total
    let middle = first - second
    let width = 1.959964 * ((first + second - middle * middle) / total).squareRoot()
    return (max(middle - width, -1), min(middle + width, 1))
  }

  /// The exact two-sided test of McNemar (Psychometrika 12 (1947), 153-157): how probable so uneven a
  /// split of the pairs that differ is where both models are equally good.
  package var probability: Double { Self.evenSplit(onlyFirstCount, onlySecondCount) }

  /// How probable a split of `a + b` events as uneven as this is, either way, where each is as likely to
  /// be one of `a` as of `b`; also of two counts of events in the same time.
  package static func evenSplit(_ a: Int, _ b: Int) -> Double {
    let (least, sum) = (min(a, b), a + b)
    guard 2 * least < sum else { return 1 }
    return min(1, 2 * SpecialFunctions.beta(0.5, Double(sum - least), Double(least + 1)))
  }
}
