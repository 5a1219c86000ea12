// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// The answer to a request that curl made.
struct HTTPReply {
  var status: Int
  var contentType: String
  var body: String

  /// Runs curl with `arguments`; nil where it got no answer.
  init?(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    process.arguments =
      ["--silent", "--max-time", "20", "--write-out", "\n%{http_code} %{content_type}"] + arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(
      decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0, let end = text.lastIndex(of: "\n") else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ", maxSplits: 1)
    status = Int(fields[0])!
    contentType = fields.count > 1 ? String(fields[1]) : ""
    body = String(text[..<end])
  }
}
