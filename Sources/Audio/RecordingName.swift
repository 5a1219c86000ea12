// SPDX-License-Identifier: GPL-3.0-or-later

/// Names of recordings that were asked for under one name.
enum RecordingName {
  /// `path` for the first; with `-2`, `-3` and so on in front of its extension for the others.
  static func numbered(_ path: String, _ number: Int) -> String {
    guard number > 1 else { return path }
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:))
    let start = name ?? path.startIndex
    // A dot at the front of a name makes it hidden, and begins no extension.
    guard let dot = path.utf8[start...].lastIndex(of: UInt8(ascii: ".")), dot > start else {
      return "\(path)-\(number)"
    }
    return "\(path[..<dot])-\(number)\(path[dot...])"
  }
}
