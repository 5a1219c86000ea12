// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Testing

@Suite struct ReportLimiterTests {
  @Test func `a few lines pass, the newest of the others passes when the interval is over`() {
    var limiter = ReportLimiter<Int, String>(limit: 2, intervalSeconds: 10)
    #expect(limiter.take("began", of: 1, now: 0)?.report == "began")
    #expect(limiter.take("ended", of: 1, now: 1)?.report == "ended")
    #expect(limiter.take("began again", of: 1, now: 2) == nil)
    #expect(limiter.take("ended again", of: 1, now: 3) == nil)
    #expect(limiter.take("began at last", of: 1, now: 9) == nil)
    #expect(limiter.due(now: 9.9).isEmpty)
    let due = limiter.due(now: 10)
    #expect(due.map(\.report) == ["began at last"])
    #expect(due.map(\.heldBackCount) == [2])
    #expect(limiter.due(now: 30).isEmpty)
  }

  @Test func `kinds do not hold each other back, and time frees a kind`() {
    var limiter = ReportLimiter<Int, String>(limit: 1, intervalSeconds: 10)
    #expect(limiter.take("a", of: 1, now: 0) != nil)
    #expect(limiter.take("b", of: 2, now: 0) != nil)
    #expect(limiter.take("c", of: 1, now: 11)?.heldBackCount == 0)
    // What waits is told before what comes after it.
    #expect(limiter.take("d", of: 1, now: 12) == nil)
    #expect(limiter.take("e", of: 1, now: 25) == nil)
    #expect(limiter.due(now: 25).map(\.report) == ["e"])
  }
}
