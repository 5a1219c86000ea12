// SPDX-License-Identifier: GPL-3.0-or-later

/// Asymmetric quantization of one activation tensor to 0...255, or 0...15.
package struct ActivationQuantization: Equatable, Sendable {
  /// Real value of one step; finite and positive.
  package var scale: Float

  /// The step that stands for 0.0, in 0...`largest`.
  package var zeroPoint: Int

  /// One of `BitWidths.activationBitCounts`. A value takes a byte at run time, whatever its bits.
  package var bitCount: Int

  package init(scale: Float, zeroPoint: Int, bitCount: Int = 8) {
    self.scale = scale
    self.zeroPoint = zeroPoint
    self.bitCount = bitCount
  }

  /// The integers of `low...high`, widened to have 0, whose step is then exact.
  ///
  /// - Precondition: finite; `low` or `high` is not 0.
  package init(from low: Float, to high: Float, bitCount: Int) {
    let (low, high) = (min(low, 0), max(high, 0))
    let largest = Float(1 << bitCount - 1)
    let scale = max((high - low) / largest, .leastNormalMagnitude)
    self.init(
      scale: scale,
      zeroPoint: Int(min(max((-low / scale).rounded(.toNearestOrEven), 0), largest)),
      bitCount: bitCount)
  }

  /// The largest integer, 255 for 8 bits.
  package var largest: Int { 1 << bitCount - 1 }
}

extension ActivationQuantization: Codable {
  private enum Key: String, CodingKey { case scale, zeroPoint, bitCount }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    self.init(
      scale: try container.decode(Float.self, forKey: .scale),
      zeroPoint: try container.decode(Int.self, forKey: .zeroPoint),
      bitCount: try container.decodeIfPresent(Int.self, forKey: .bitCount) ?? 8)
  }

  /// Eight bits are not written.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(scale, forKey: .scale)
    try container.encode(zeroPoint, forKey: .zeroPoint)
    if bitCount != 8 { try container.encode(bitCount, forKey: .bitCount) }
  }
}
