// SPDX-License-Identifier: GPL-3.0-or-later

/// A 95 % confidence interval for a proportion: Wilson's score interval.
///
/// With `p = correct / total` and `z = 1.959964` its ends are
/// `(p + z^2/2n +- z * sqrt(p(1-p)/n + z^2/4n^2)) / (1 + z^2/n)`.
/// Reference: E. B. Wilson, JASA 22 (1927), 209-212.
package struct WilsonInterval: Equatable, Sendable {
  /// Lower end, in 0...1.
  package let low: Double

  /// Upper end, in 0...1.
  package let high: Double

  /// The interval for `correct` of `total`; 0...1 where nothing was counted.
  ///
  /// - Precondition: `0 <= correct <= total`.
  package init(correct: Int, total: Int) {
    precondition(0 <= correct && correct <= total, "\(correct) of \(total)")
    guard total > 0 else {
      (low, high) = (0, 1)
      return
    }
    let z = 1.959963984540054
    let n = Double(total)
    let p = Double(correct) / n
    let center = p + z * z / (2 * n)
    let spread = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
    let divisor = 1 + z * z / n
    // At the ends the bounds are exact; rounding must not push them outside.
    low = correct == 0 ? 0 : max(0, (center - spread) / divisor)
    high = correct == total ? 1 : min(1, (center + spread) / divisor)
  }
}
