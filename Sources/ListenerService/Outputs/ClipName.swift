// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import KeywordSpotting

/// Names of clips: `kws-20261122T160210.125Z-computer-0.93.wav`, with `-near-miss` where it is one.
///
/// They sort by time. A file that is not named like this is never touched.
enum ClipName {
  private static let prefix = "kws-"
  private static let keywordLimit = 40

  /// The name of the clip of `event`, without its ending.
  static func stem(_ event: ListenerEvent) -> String {
    let detection = event.detection
    let keyword = detection.label.unicodeScalars.prefix(keywordLimit).map { scalar in
      scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
        ? Character(scalar) : Character("_")
    }
    return "\(prefix)\(stamp(event.wallClock))-\(String(keyword))-"
      + decimalText(detection.score, decimals: 2) + (detection.isNearMiss ? "-near-miss" : "")
  }

  /// The part of `name` before its ending where it is a clip's or its description's, else nil.
  static func stem(ofFile name: String) -> String? {
    for ending in [".wav", ".json"] where name.hasSuffix(ending) {
      let stem = String(name.dropLast(ending.count))
      return isStem(stem) ? stem : nil
    }
    return nil
  }

  /// Whether `name` is that of a file that was being written when a process was ended.
  static func isPartial(_ name: String) -> Bool {
    name.hasSuffix(partialEnding) && stem(ofFile: String(name.dropLast(partialEnding.count))) != nil
  }

  static let partialEnding = ".partial"

  private static func isStem(_ stem: String) -> Bool {
    let bytes = Array(stem.utf8)
    let pattern = Array("kws-00000000T000000.000Z-".utf8)
    guard bytes.count > pattern.count else { return false }
    return zip(bytes, pattern).allSatisfy { found, expected in
      expected == UInt8(ascii: "0") ? (0x30...0x39).contains(found) : found == expected
    }
  }

  /// The time in UTC, to the millisecond.
  private static func stamp(_ seconds: Double) -> String {
    let milliseconds = Int((seconds * 1000).rounded(.down))
    var time = time_t(milliseconds / 1000)
    var parts = unsafe tm()
    unsafe gmtime_r(&time, &parts)
    func digits(_ value: some BinaryInteger, _ count: Int) -> String {
      let text = String(value)
      return String(repeating: "0", count: max(count - text.count, 0)) + text
    }
    let date = unsafe [(parts.tm_year + 1900, 4), (parts.tm_mon + 1, 2), (parts.tm_mday, 2)]
    let hours = unsafe [(parts.tm_hour, 2), (parts.tm_min, 2), (parts.tm_sec, 2)]
    func joined(_ values: [(Int32, Int)]) -> String {
      values.map { digits($0.0, $0.1) }.joined()
    }
    return "\(joined(date))T\(joined(hours)).\(digits(milliseconds % 1000, 3))Z"
  }
}
