// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BenchTests {
  @Test(arguments: [["features"], ["inference", "--architecture", "ds-cnn-s"], ["stream"]])
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

  @Test func `networks are measured at once and frame by frame, and missing peers are told of`()
    throws
  {
    let run = try Command(["bench", "inference", "--json", "--peers", "/bin/false"])
    #expect(run.status == 0)
    let networks = try #require(
      JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [[String: Any]])
    #expect(
      networks.map { $0["network"] as? String }
        == ["ds-cnn-s", "ds-cnn-l", "derived", "bc-resnet-1", "default model"])
    for network in networks {
      // A hop of a stream costs less than the window that it would otherwise recompute.
      let hop = try #require(network["macPerHop"] as? Double)
      let window = try #require(network["macPerWindow"] as? Int)
      #expect(hop > 0 && hop < Double(window))
      #expect(try #require(network["hopMicroseconds"] as? Double) > 0)
      let engines = try #require(network["engines"] as? [[String: Any]])
      #expect(engines.count == 1)
      let median = try #require(engines[0]["median"] as? Double)
      let p99 = try #require(engines[0]["p99"] as? Double)
      #expect(median > 0 && median <= p99)
    }
    #expect(run.error.contains("ds-cnn-s in onnx is left out: /bin/false"))
  }
}
