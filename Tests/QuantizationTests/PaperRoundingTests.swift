// SPDX-License-Identifier: GPL-3.0-or-later

import Quantization
import Testing

@Suite struct PaperRoundingTests {
  @Test func `one bit has the smallest weight and the middle, never the largest`() {
    // Steps of (1 - -1) / 2; the level of the largest weight is left out.
    #expect(PaperRounding.rounded([-1, -0.6, -0.4, 0.4, 1], bitCount: 1) == [-1, -1, 0, 0, 0])
  }

  @Test func `two bits have four levels a quarter of the extent apart`() {
    #expect(PaperRounding.rounded([0, 0.9, 1.6, 2.6, 4], bitCount: 2) == [0, 1, 2, 3, 3])
  }

  @Test func `a tensor of equal weights stays as it is`() {
    #expect(PaperRounding.rounded([0.3, 0.3], bitCount: 1) == [0.3, 0.3])
  }
}
