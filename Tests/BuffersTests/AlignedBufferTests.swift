// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Testing

@Suite struct AlignedBufferTests {
  @Test func `a new buffer is zero and a change is seen through the span`() {
    var buffer = AlignedBuffer<Float>(zeroed: 5)
    for index in 0..<5 { #expect(buffer.span[index] == 0) }
    var elements = buffer.mutableSpan
    elements[3] = 2.5
    #expect(buffer.span[3] == 2.5)
  }
}
