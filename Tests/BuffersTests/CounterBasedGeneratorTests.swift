// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Testing

struct CounterBasedGeneratorTests {
  /// The known-answer vectors of Random123 (`kat_vectors`, philox 4x32 10).
  @Test func `blocks are those of Random123`() {
    #expect(
      CounterBasedGenerator.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      CounterBasedGenerator.block(
        counter: SIMD4(repeating: 0xffff_ffff), key: SIMD2(repeating: 0xffff_ffff))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      CounterBasedGenerator.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344),
        key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test func `words come from consecutive blocks, low word first`() {
    var generator = CounterBasedGenerator(seed: 0x1234_5678_9abc_def0, stream: 7, 8, 9)
    for index in 0..<3 {
      let block = CounterBasedGenerator.block(
        counter: SIMD4(UInt32(index), 7, 8, 9), key: SIMD2(0x9abc_def0, 0x1234_5678))
      #expect(generator.next() == UInt64(block[0]) | UInt64(block[1]) << 32)
      #expect(generator.next() == UInt64(block[2]) | UInt64(block[3]) << 32)
    }
  }

  @Test func `uniform and normal values have the moments of their distributions`() {
    var generator = CounterBasedGenerator(seed: 1, stream: 2)
    let count = 100_000
    var uniformSum = 0.0
    var normalSum = 0.0
    var normalSquares = 0.0
    for _ in 0..<count {
      let uniform = Double(generator.nextUniform())
      #expect(uniform >= 0 && uniform < 1)
      uniformSum += uniform
      let normal = Double(generator.nextNormal())
      normalSum += normal
      normalSquares += normal * normal
    }
    // Five standard errors.
    #expect(abs(uniformSum / Double(count) - 0.5) < 5 * 0.2887 / Double(count).squareRoot())
    #expect(abs(normalSum / Double(count)) < 5 / Double(count).squareRoot())
    #expect(abs(normalSquares / Double(count) - 1) < 5 * (2 / Double(count)).squareRoot())
  }
}
