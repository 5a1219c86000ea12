// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `kws replay` of recordings with a sidecar, written by hand here.
@Suite struct RecordedReplayTests {
  private let folder: TemporaryFolder
  private let path: String
  private let frameCount: Int

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("heard.wav")
    let (left, right) = (try Speech.path("Front_Left"), try Speech.path("Rear_Right"))
    let joined = try Command(
      program: "/usr/bin/sox",
      ["-D", left, right, "-r", "16000", "-b", "16", path, "pad", "0", "0.3"])
    try #require(joined.status == 0, "sox: \(joined.error)")
    frameCount = (try Data(contentsOf: URL(fileURLWithPath: path)).count - 44) / 2
  }

  private func sidecar(_ marks: [String]) throws {
    let header =
      #"{"kind":"recording","schema":1,"source":"plughw:1","rate":16000,"channels":1,"#
      + #""encoding":"int16"}"#
    let text = ([header] + marks).map { $0 + "\n" }.joined()
    try folder.write("heard.wav.jsonl", Array(text.utf8))
  }

  private var end: String { #"{"kind":"end","frame":\#(frameCount),"reason":"stopped"}"# }

  private func replay(_ arguments: [String] = []) throws -> Command {
    try Command(["replay", "--format", "jsonl"] + arguments + [path])
  }

  @Test func `events carry the source that was heard, and no tail follows`() throws {
    let plain = try replay(["--tail", "0"])
    #expect(plain.lines.count == 2 && plain.error == "")
    try sidecar([end])
    let recorded = try replay()
    #expect(recorded.status == 0 && recorded.error == "")
    #expect(recorded.output == plain.output.replacing(path, with: "plughw:1"))
    let half = #"{"kind":"end","frame":\#(frameCount / 4),"reason":"stopped"}"#
    try sidecar([half])
    #expect(try replay().output == "")
  }

  @Test func `a gap moves all that follows, and a long one resets`() throws {
    let events = try replay().objects()
    let between = frameCount / 2
    try sidecar([
      #"{"kind":"gap","frame":\#(between),"length":160000,"cause":"suspended","restart":true}"#,
      end,
    ])
    let moved = try replay().objects()
    #expect(moved.count == 2)
    let times = try (events + moved).map { try #require($0["at"] as? Int) }
    #expect(times[2] == times[0])
    // The word is the same; the network started anew before it.
    #expect(abs(times[3] - 160_000 - times[1]) < 4_800)
  }

  @Test func `what makes events differ from those that were heard is told`() throws {
    try sidecar([
      #"{"kind":"reconfigured","frame":16000}"#,
      #"{"kind":"unrecorded","frame":32000,"length":800}"#,
    ])
    let run = try replay()
    #expect(run.status == 0)
    #expect(
      run.error == """
        kws: \(path): from 1.00 s on another model or other thresholds decided; events after that \
        may differ from those that were heard.
        kws: \(path): 800 frames from 2.00 s on were heard but not recorded; events after that may \
        differ from those that were heard.
        kws: \(path): breaks off after \(frameCount) frames. Those were heard.

        """)
  }

  @Test func `a sidecar that is wrong is named with line and field`() throws {
    try sidecar([#"{"kind":"gap","frame":5,"length":-1,"cause":"overrun","restart":true}"#])
    let run = try replay()
    #expect(run.status == 65 && run.output == "")
    #expect(
      run.error == """
        kws: \(path).jsonl: line 2, field length: -1, expected 1 to 17592186044416. Remove the \
        file to hear the recording without its gaps.

        """)
  }

  @Test func `events of a replay beside the recording are not taken for its sidecar`() throws {
    let run = try Command(
      script: #""$KWS" replay --format jsonl "$1" > "$1.jsonl"; "$KWS" replay --format jsonl "$1""#,
      [path])
    #expect(run.status == 0 && run.lines.count == 2 && run.error == "")
  }
}
