// SPDX-License-Identifier: GPL-3.0-or-later

import ListenerService
import Testing

@Suite struct OutputsEventTests {
  @Test func `every format has its own line of an event`() {
    let event = sampleEvent(3)
    #expect(EventFormat.allCases.map { event.line($0) } == ["text 3", #"{"n":3}"#, "seven"])
  }
}
