// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import Storage

/// What a finished search leaves in its folder, `result.json`, for the sweep that it is part of.
struct SearchResult: Codable {
  /// The command that found it: another command is another search.
  var command: String
  var point: SweepPage.Point

  private static func path(_ folder: String) -> String { "\(folder)/result.json" }

  func write(to folder: String) throws {
    try JSONFile.write(self, to: Self.path(folder))
  }

  /// The result in a folder; nil where no search has finished.
  static func read(_ folder: String) throws -> SearchResult? {
    guard File.isRegular(path(folder)) else { return nil }
    let bytes = try File.read(path(folder), limit: 1 << 20)
    return try? JSONDecoder().decode(SearchResult.self, from: Data(bytes))
  }
}
