// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Storage

/// JSON for people and programs: indented, keys sorted, with a newline at the end.
enum JSONFile {
  /// Replaces the file at `path`, whole or not at all.
  static func write(_ value: some Encodable, to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try File.replace(path, with: Array(try encoder.encode(value) + Data("\n".utf8)).span)
  }
}
