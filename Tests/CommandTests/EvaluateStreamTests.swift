// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `kws evaluate` of whole recordings.
@Suite struct EvaluateStreamTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `words are hit, noise alarms nobody, and every count is there`() throws {
    let (stream, truth) = try folder.makeStream()
    let run = try Command([
      "evaluate", "--json", "--stream", stream, "--truth", truth, "--background",
      Speech.path("Noise"), "--det", folder.path("det.svg"),
    ])
    #expect(run.status == 0, "\(run.error)")
    let object = try #require(run.objects().first)
    #expect(object["words"] as? Int == 2 && object["hits"] as? Int == 2)
    #expect(object["misses"] as? Int == 0 && object["backgroundFalseAlarms"] as? Int == 0)
    #expect((object["latencies"] as? [Double])?.count == 2)
    let interval = try #require(object["missRateInterval"] as? [Double])
    // 0 of 2: exactly 1 - 0.025 ^ (1 / 2).
    #expect(interval[0] == 0 && abs(interval[1] - 0.841886) < 1e-5)
    let points = try #require(object["tradeoff"] as? [[String: Any]])
    #expect(points.count > 20 && points.last?["misses"] as? Int == 2)
    let svg = try String(contentsOfFile: folder.path("det.svg"), encoding: .utf8)
    #expect(svg.hasPrefix("<svg"))
  }

  @Test func `text says what was heard and how sure it is`() throws {
    let (stream, truth) = try folder.makeStream()
    let run = try Command([
      "evaluate", "--stream", stream, "--truth", truth, "--background", Speech.path("Noise"),
    ])
    #expect(run.status == 0, "\(run.error)")
    #expect(
      run.lines.first?.hasPrefix("words: 2, 2 hit, 0 missed: miss rate 0.00 % (95 % interval 0.00-")
        == true)
    #expect(run.output.contains("false alarms without keywords: 0 in 0.00"))
    #expect(run.lines.contains { $0.hasPrefix("left ") && $0.contains("1") })
  }

  @Test func `what does not fit together is refused with what to do`() throws {
    let (stream, truth) = try folder.makeStream()
    let late = try folder.write("late.tsv", Array("100\t101\tleft\n".utf8))
    let strange = try folder.write("strange.tsv", Array("0\t1\tzebra\n".utf8))
    let broken = try folder.write("broken.tsv", Array("0 1 left\n".utf8))
    for (arguments, status, text) in [
      ([], 64, "expected --clips or --data, or --stream"),
      (["--clips", "x", "--background", "y"], 64, "evaluated apart"),
      (["--stream", stream], 64, "1 --stream, 0 --truth"),
      (["--background", "x", "--det", "y"], 64, "--det: expected a --stream"),
      (["--stream", stream, "--truth", "none"], 66, "none"),
      (["--stream", stream, "--truth", broken], 65, "line 1: expected start, end and label"),
      (["--stream", stream, "--truth", strange], 65, "expected words that the model knows"),
      (["--stream", stream, "--truth", late], 65, "a word ends at 101.00 s"),
      (["--background", "none"], 66, "none: no such folder"),
      (["--stream", truth, "--truth", truth], 65, "words.tsv"),
    ] as [([String], Int32, String)] {
      let run = try Command(["evaluate"] + arguments)
      #expect(run.status == status, "\(arguments): \(run.error)")
      #expect(run.error.contains(text), "\(run.error)")
      #expect(run.output == "")
    }
  }
}
