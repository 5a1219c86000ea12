// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

extension SampleEncoding {
  /// Decodes samples exactly as libsndfile does: value / 2^(bits - 1), in single precision.
  ///
  /// - Returns: samples that were infinite or not a number, which became 0.
  /// - Precondition: `bytes` holds `sampleCount` samples, and there is room for them.
  func decode(
    _ bytes: Span<UInt8>, sampleCount: Int, into samples: inout AlignedBuffer<Float>
  ) -> Int {
    var target = samples.mutableSpan
    switch self {
    case .int16:
      for index in 0..<sampleCount {
        let value = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
        target[index] = Float(Int16(bitPattern: value)) * 0x1p-15
      }
    case .int24:
      for index in 0..<sampleCount {
        target[index] = Self.float24(
          bytes[3 * index], bytes[3 * index + 1], bytes[3 * index + 2])
      }
    case .int24In32:
      for index in 0..<sampleCount {
        target[index] = Self.float24(
          bytes[4 * index], bytes[4 * index + 1], bytes[4 * index + 2])
      }
    case .int32:
      for index in 0..<sampleCount {
        target[index] = Float(Int32(bitPattern: Self.word(bytes, index))) * 0x1p-31
      }
    case .float32:
      var notFiniteCount = 0
      for index in 0..<sampleCount {
        let value = Float(bitPattern: Self.word(bytes, index))
        target[index] = value.isFinite ? value : 0
        if !value.isFinite { notFiniteCount += 1 }
      }
      return notFiniteCount
    }
    return 0
  }

  /// A signed value of 24 bits, which a float holds exactly.
  private static func float24(_ low: UInt8, _ middle: UInt8, _ high: UInt8) -> Float {
    let value = UInt32(low) << 8 | UInt32(middle) << 16 | UInt32(high) << 24
    return Float(Int32(bitPattern: value)) * 0x1p-31
  }

  private static func word(_ bytes: Span<UInt8>, _ index: Int) -> UInt32 {
    UInt32(bytes[4 * index]) | UInt32(bytes[4 * index + 1]) << 8
      | UInt32(bytes[4 * index + 2]) << 16 | UInt32(bytes[4 * index + 3]) << 24
  }
}
