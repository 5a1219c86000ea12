// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The exact confidence interval of a proportion (Clopper, Pearson, Biometrika 26 (1934), 404-413), of
/// 95 %: the proportions under which neither so few nor so many would have been seen in 2.5 % of cases.
///
/// Its ends are quantiles of beta distributions, `B(0.025; k, n - k + 1)` and `B(0.975; k + 1, n - k)`.
/// Of one among several intervals, such as the worst group's, 95 % are claimed of all of them together
/// by dividing the 5 % among them (Bonferroni).
package struct ClopperPearsonInterval: Equatable, Sendable {
  package let low: Double
  package let high: Double

  /// - Parameter intervalCount: How many intervals shall hold together with 95 % confidence.
  /// - Precondition: `0 <= count <= total`, at least one interval.
  package init(count: Int, total: Int, oneOf intervalCount: Int = 1) {
    precondition(0 <= count && count <= total && intervalCount > 0, "\(count) of \(total)")
    let tail = 0.025 / Double(intervalCount)
    let (k, n) = (Double(count), Double(total))
    low = count == 0 ? 0 : Self.bisect { SpecialFunctions.beta($0, k, n - k + 1) - tail }
    high = count == total ? 1 : Self.bisect { SpecialFunctions.beta($0, k + 1, n - k) - (1 - tail) }
  }

  /// The root of a rising function in 0...1.
  private static func bisect(_ function: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if function(middle) < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// The exact 95 % confidence interval of the mean of a Poisson count, such as of false alarms
/// (Garwood, Biometrika 28 (1936), 437-442).
///
/// Its ends are half of quantiles of chi-square distributions, `G(0.025; k)` and `G(0.975; k + 1)` of
/// gamma distributions of scale 1. Of no events seen the upper end is 3.69.
package struct PoissonInterval: Equatable, Sendable {
  package let low: Double
  package let high: Double

  /// - Precondition: `count >= 0`.
  package init(count: Int) {
    precondition(count >= 0, "\(count)")
    let k = Double(count)
    low = count == 0 ? 0 : Self.bisect { SpecialFunctions.gamma(k, $0) - 0.025 }
    high = Self.bisect { SpecialFunctions.gamma(k + 1, $0) - 0.975 }
  }

  /// How long one must listen without an event to claim at most `rate` events per unit of time, in
  /// that unit: 3.69 over the rate.
  package static func timeToClaim(rate: Double) -> Double { PoissonInterval(count: 0).high / rate }

  /// The root of a rising function of positive numbers.
  private static func bisect(_ function: (Double) -> Double) -> Double {
    var (low, high) = (0.0, 1.0)
    while function(high) < 0 { (low, high) = (high, 2 * high) }
    for _ in 0..<80 {
      let middle = (low + high) / 2
      if function(middle) < 0 { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }
}

/// The distribution functions behind the exact intervals.
enum SpecialFunctions {
  private static let precision = 1e-15
  private static let tiny = 1e-300
  private static let termLimit = 10_000

  /// The regularized incomplete beta function, by its continued fraction (Abramowitz, Stegun, 26.5.8).
  static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges fast on one side of the mean; the other follows by symmetry.
    if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
    let factor = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return factor
      * fraction { m in
        let half = Double(m / 2)
        return m % 2 == 0
          ? half * (b - half) * x / ((a + 2 * half - 1) * (a + 2 * half))
          : -(a + half) * (a + b + half) * x / ((a + 2 * half) * (a + 2 * half + 1))
      }
  }

  /// 1 / (1 + d1 / (1 + d2 / (1 + ...))) by the modified Lentz algorithm.
  private static func fraction(_ coefficient: (Int) -> Double) -> Double {
    var (c, d, value) = (1.0, 0.0, 1.0)
    for m in 1...termLimit {
      let numerator = coefficient(m)
      d = 1 + numerator * d
      d = 1 / (abs(d) < tiny ? tiny : d)
      c = 1 + numerator / c
      c = abs(c) < tiny ? tiny : c
      let change = c * d
      value *= change
      if abs(change - 1) < precision { break }
    }
    return 1 / value
  }

  /// The regularized lower incomplete gamma function P(a, x), by its series (Abramowitz, Stegun,
  /// 6.5.29), which serves wherever counts of events lie.
  static func gamma(_ a: Double, _ x: Double) -> Double {
    guard x > 0 else { return 0 }
    var term = 1 / a
    var sum = term
    var n = a
    repeat {
      n += 1
      term *= x / n
      sum += term
    } while term > sum * precision
    return min(sum * exp(a * log(x) - x - lgamma(a)), 1)
  }
}
