// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation

/// A paired comparison of two models as it is printed everywhere; differences are this model's part
/// right less the other's.
enum ComparisonText {
  /// Such as `+1.07 points (95 % interval +0.31 to +1.90), p = 0.012 (McNemar, exact)`.
  static func difference(_ pairs: PairedComparison) -> String {
    "\(points(pairs.difference)) points (95 % interval \(points(pairs.interval.low)) to "
      + "\(points(pairs.interval.high))), \(probability(pairs.probability)) (McNemar, exact)"
  }

  /// Such as `p = 0.012`.
  static func probability(_ value: Double) -> String {
    value < 0.0001 ? "p < 0.0001" : "p = " + fixed(value, decimals: 4)
  }

  private static func points(_ part: Double) -> String {
    (part > 0 ? "+" : "") + fixed(100 * part, decimals: 2)
  }

  static func json(_ pairs: PairedComparison) -> JSONLine {
    var object = JSONLine()
    object.add("pairs", pairs.pairCount)
    object.add("rightOnlyHere", pairs.onlyFirstCount)
    object.add("rightOnlyThere", pairs.onlySecondCount)
    object.add("difference", pairs.difference, decimals: 6)
    object.add(
      "differenceInterval", json: JSONLine.interval(pairs.interval.low, pairs.interval.high))
    object.add("p", pairs.probability, decimals: 6)
    return object
  }
}
