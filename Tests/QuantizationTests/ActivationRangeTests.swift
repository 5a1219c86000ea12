// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Quantization
import Testing

@Suite struct ActivationRangeTests {
  @Test func `a tensor that is never negative has zero point 0 and covers its range`() {
    var range = ActivationRange()
    range.add([Float](stride(from: 0, through: 5.1, by: 0.001)).span)
    let quantization = range.quantization(bitCount: 8)
    #expect(quantization.zeroPoint == 0)
    #expect(abs(quantization.scale - 5.1 / 255) < 1e-3)
  }

  @Test func `the range widens without losing what was seen`() {
    var range = ActivationRange()
    range.add([0.001, -0.001].span)
    range.add([1000, -500].span)
    #expect(range.minimum == -500 && range.maximum == 1000)
    let quantization = range.quantization(bitCount: 8)
    let low = -Float(quantization.zeroPoint) * quantization.scale
    let high = Float(255 - quantization.zeroPoint) * quantization.scale
    #expect(low < -400 && high > 800)
  }

  @Test func `one outlier among many values is clipped`() {
    var range = ActivationRange()
    range.add([Float](stride(from: -1, through: 1, by: 0.00001)).span)
    range.add([2.5].span)
    let quantization = range.quantization(bitCount: 8)
    #expect(Float(255 - quantization.zeroPoint) * quantization.scale < 2.4)
  }

  @Test func `all zeros still give a valid quantization`() {
    var range = ActivationRange()
    range.add([0, 0].span)
    #expect(range.quantization(bitCount: 8) == ActivationQuantization(scale: 1, zeroPoint: 0))
  }

  @Test func `four bits clip further than eight`() {
    // Densest at 0, thin at the ends, as activations are.
    var range = ActivationRange()
    range.add(
      (0..<4000).map {
        let x = Float($0) / 4000; return x * x * x * 10
      }.span)
    let (four, eight) = (range.quantization(bitCount: 4), range.quantization(bitCount: 8))
    #expect(four.zeroPoint == 0 && four.largest == 15)
    #expect(15 * four.scale < 255 * eight.scale)
  }
}
