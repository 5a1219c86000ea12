// SPDX-License-Identifier: GPL-3.0-or-later

/// Random mistakes in bytes.
enum Mutation {
  /// Values that readers of numbers and texts meet at their bounds.
  private static let telling: [[UInt8]] = [
    [0], [0x7F], [0x80], [0xFF], [0xFF, 0xFF, 0xFF, 0xFF], [0xFF, 0xFF, 0xFF, 0x7F],
    [0, 0, 0, 0, 0, 0, 0, 0x80], Array("-1".utf8), Array("9223372036854775807".utf8),
    Array("1e999".utf8), Array("nan".utf8), Array("null".utf8), Array("[[[[".utf8),
    Array("\"".utf8), Array("\\u0000".utf8), Array("\t\n".utf8), [0xC3, 0x28], [0xED, 0xA0, 0x80],
  ]

  /// `bytes` with one to four mistakes.
  static func mutated(
    _ bytes: [UInt8], _ generator: inout some RandomNumberGenerator
  ) -> [UInt8] {
    var result = bytes
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
      let place = Int.random(in: 0...result.count, using: &generator)
      let end = min(place + Int.random(in: 1...16, using: &generator), result.count)
      let value = telling[Int.random(in: 0..<telling.count, using: &generator)]
      switch Int.random(in: 0..<6, using: &generator) {
      case 0 where place < result.count:
        result[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
      case 1 where place < result.count: result[place] = .random(in: 0...255, using: &generator)
      case 2: result.removeSubrange(place..<end)
      case 3: result.insert(contentsOf: value, at: place)
      case 4:
        result.replaceSubrange(place..<min(place + value.count, result.count), with: value)
      default: result.insert(contentsOf: result[place..<end], at: place)
      }
    }
    return result
  }
}
