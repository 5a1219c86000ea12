// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Testing

@Suite struct ExactIntervalTests {
  @Test func `intervals of proportions agree with published tables`() {
    // Clopper, Pearson: 0 of 10 up to 30.85 %, 1 of 10 from 0.25 to 44.50 %, 5 of 10 from 18.71 to 81.29 %.
    for (count, total, low, high) in [
      (0, 10, 0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129),
      (10, 10, 0.6915, 1), (2, 150, 0.0016, 0.0473),
    ] {
      let interval = ClopperPearsonInterval(count: count, total: total)
      #expect(abs(interval.low - low) < 6e-5 && abs(interval.high - high) < 6e-5)
    }
  }

  @Test func `the ends of an interval leave 2.5 % on either side`() {
    // Of the binomial distribution itself, added up term by term.
    func atMost(_ count: Int, _ total: Int, _ p: Double) -> Double {
      (0...count).reduce(0) { sum, k in
        let ways = lgamma(Double(total + 1)) - lgamma(Double(k + 1)) - lgamma(Double(total - k + 1))
        return sum + exp(ways + Double(k) * log(p) + Double(total - k) * log1p(-p))
      }
    }
    for (count, total) in [(3, 40), (12, 148), (500, 1211), (1164, 1211)] {
      let interval = ClopperPearsonInterval(count: count, total: total)
      #expect(abs(atMost(count, total, interval.high) - 0.025) < 1e-9)
      #expect(abs(1 - atMost(count - 1, total, interval.low) - 0.025) < 1e-9)
    }
  }

  @Test func `intervals of counts agree with published tables`() {
    // Garwood: 0 up to 3.69, 1 from 0.0253 to 5.57, 5 from 1.62 to 11.67, 100 from 81.36 to 121.63.
    for (count, low, high) in [
      (0, 0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (100, 81.364, 121.627),
    ] {
      let interval = PoissonInterval(count: count)
      #expect(abs(interval.low - low) < 1e-3 && abs(interval.high - high) < 1e-3, "\(count)")
    }
  }

  @Test func `nothing counted is any proportion`() {
    let interval = ClopperPearsonInterval(count: 0, total: 0)
    #expect(interval.low == 0 && interval.high == 1)
  }
}
