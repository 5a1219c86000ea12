// SPDX-License-Identifier: GPL-3.0-or-later

import Storage

/// Containers whose length and seal are made to fit again after a mutation, so that what lies behind
/// those two checks is reached.
enum SealedContainer {
  private static let seal = Array(#""kws.sha256":""#.utf8)

  /// `bytes` with the header's length and digest set to what they should be; `bytes` themselves
  /// where they have no such places.
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    guard let headerEnd = headerEnd(of: bytes) else { return bytes }
    var result = bytes
    for index in 0..<8 { result[index] = UInt8(truncatingIfNeeded: (headerEnd - 8) >> (8 * index)) }
    guard let start = sealStart(in: result, headerEnd: headerEnd) else { return result }
    let place = start..<start + 2 * SHA256.byteCount
    result.replaceSubrange(place, with: repeatElement(UInt8(ascii: "0"), count: place.count))
    result.replaceSubrange(place, with: Array(SHA256.digest(of: result.span).utf8))
    return result
  }

  /// Where the JSON object that begins behind the length ends, and the blanks behind it.
  private static func headerEnd(of bytes: [UInt8]) -> Int? {
    guard bytes.count > 8, bytes[8] == UInt8(ascii: "{") else { return nil }
    var (depth, isText, isEscaped) = (0, false, false)
    for index in 8..<bytes.count {
      let byte = bytes[index]
      if isText {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isText = false
        }
        continue
      }
      if byte == UInt8(ascii: "\"") { isText = true }
      if byte == UInt8(ascii: "{") { depth += 1 }
      if byte == UInt8(ascii: "}") { depth -= 1 }
      if depth == 0 {
        return bytes[(index + 1)...].firstIndex { $0 != UInt8(ascii: " ") } ?? bytes.count
      }
    }
    return nil
  }

  private static func sealStart(in bytes: [UInt8], headerEnd: Int) -> Int? {
    let last = headerEnd - seal.count - 2 * SHA256.byteCount
    guard last >= 8 else { return nil }
    for start in 8...last
    where bytes[start] == seal[0] && bytes[start..<start + seal.count].elementsEqual(seal) {
      return start + seal.count
    }
    return nil
  }
}
