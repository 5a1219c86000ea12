// SPDX-License-Identifier: GPL-3.0-or-later

/// Weights of fewer than 8 bits as a file keeps them: codes of `WeightLevels` one after the other,
/// the first in the lowest bits of the first byte, with zeros behind the last.
enum PackedWeights {
  /// Bytes of `count` weights.
  static func byteCount(_ count: Int, _ levels: WeightLevels) -> Int {
    (count * levels.bitCount + 7) / 8
  }

  static func pack(_ weights: [Int8], _ levels: WeightLevels) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount(weights.count, levels))
    for (index, weight) in weights.enumerated() {
      let first = index * levels.bitCount
      let bits = UInt16(levels.code(weight)) << UInt16(first % 8)
      bytes[first / 8] |= UInt8(truncatingIfNeeded: bits)
      if bits > 0xFF { bytes[first / 8 + 1] |= UInt8(bits >> 8) }
    }
    return bytes
  }

  /// - Precondition: `bytes` has `byteCount(count, levels)` elements.
  /// - Throws: `.badTensor` for a code that stands for no level, or bits behind the last weight.
  static func unpack(
    _ bytes: [UInt8], count: Int, _ levels: WeightLevels, name: String
  ) throws(ModelFormatError) -> [Int8] {
    let mask = UInt16(1) << UInt16(levels.bitCount) - 1
    var weights: [Int8] = []
    weights.reserveCapacity(count)
    for index in 0..<count {
      let first = index * levels.bitCount
      let high = first / 8 + 1 < bytes.count ? UInt16(bytes[first / 8 + 1]) : 0
      let word = (UInt16(bytes[first / 8]) | high << 8) >> UInt16(first % 8)
      guard let level = levels.level(UInt8(word & mask)) else {
        throw .badTensor(
          name, expected: "codes below \(levels.count)", found: "\(word & mask) at \(index)")
      }
      weights.append(level)
    }
    let used = count * levels.bitCount % 8
    if used > 0, let last = bytes.last, last >> UInt8(used) != 0 {
      throw .badTensor(name, expected: "zeros behind the last weight", found: "\(last)")
    }
    return weights
  }
}
