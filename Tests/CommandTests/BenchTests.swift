// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BenchTests {
  @Test(
    arguments: [
      ["features"], ["inference", "--architecture", "ds-cnn-s", "--layers"], ["stream"],
    ])
  func `JSON has one member per row, all above zero`(arguments: [String]) throws {
    let run = try Command(["bench"] + arguments + ["--json"])
    #expect(run.status == 0)
    #expect(run.error == "")
    #expect(run.lines.count == 1)
    // A parser keeps one member of each name; the text has all of them.
    let rowCount = run.output.components(separatedBy: "\"value\":").count - 1
    let rows = try #require(run.objects().first)
    #expect(rows.count == rowCount)
    #expect(rowCount >= 2)
    for (name, row) in rows {
      let members = try #require(row as? [String: Any])
      #expect(try #require(members["value"] as? Double) > 0, "\(name)")
      #expect(members["unit"] is String)
    }
  }
}
