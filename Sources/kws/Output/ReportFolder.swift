// SPDX-License-Identifier: GPL-3.0-or-later

import Reports
import Storage

/// What a report says: to people, and to programs.
struct ReportContent {
  var page: Page

  /// One JSON object.
  var json: String
}

/// A folder for `report.html`, `report.json` and one `.svg` per figure.
struct ReportFolder {
  let path: String

  /// The path of the page.
  var page: String { path + "/report.html" }

  /// The path of the JSON object.
  var json: String { path + "/report.json" }

  /// Makes the folder where it is missing; work that takes long comes after that.
  ///
  /// - Throws: `CommandError` or `StorageError` where nothing can be written there.
  init(_ path: String) throws {
    guard !path.isEmpty else {
      throw CommandError("--report: expected the name of a folder.", .usage)
    }
    let folder = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard !File.isRegular(folder) else {
      throw CommandError(
        "\(folder): is a file, expected a folder for the report. Name another one.", .inputOutput)
    }
    try File.createDirectory(folder)
    self.path = folder
    try File.checkCanReplace(page)
  }

  /// Every file whole or not at all, the page last.
  ///
  /// - Returns: the path of the page.
  func write(_ content: ReportContent) throws -> String {
    try File.replace(json, with: Array((content.json + "\n").utf8).span)
    try content.page.write(to: path, name: "report")
    return page
  }
}
