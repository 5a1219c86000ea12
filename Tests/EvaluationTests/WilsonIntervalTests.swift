// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Testing

@Suite struct WilsonIntervalTests {
  @Test func `the interval of 2943 of 3079 is the one computed elsewhere`() {
    // 95.58 % of 3079 clips: 94.80 to 96.25 %.
    let interval = WilsonInterval(correct: 2943, total: 3079)
    #expect(abs(interval.low - 0.9480) < 5e-5)
    #expect(abs(interval.high - 0.9625) < 5e-5)
  }

  @Test func `the ends stay inside 0 and 1`() {
    #expect(WilsonInterval(correct: 0, total: 10).low == 0)
    #expect(WilsonInterval(correct: 10, total: 10).high == 1)
    #expect(abs(WilsonInterval(correct: 10, total: 10).low - 0.7225) < 1e-4)
    #expect(WilsonInterval(correct: 0, total: 0).low == 0)
    #expect(WilsonInterval(correct: 0, total: 0).high == 1)
  }
}
