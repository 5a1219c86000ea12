// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct ReplayTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func events(_ arguments: [String]) throws -> [[String: Any]] {
    let run = try Command(["replay", "--format", "jsonl"] + arguments)
    #expect(run.status == 0)
    #expect(run.error == "")
    return try run.objects()
  }

  /// Keywords and times, without what names the source.
  private func line(_ events: [[String: Any]]) -> [String] {
    events.map { "\($0["keyword"]!) \($0["score"]!) \($0["at"]!) \($0["start"]!) \($0["end"]!)" }
  }

  // Not Front_Right: its event comes at 0.98 s, when no more than the first 0.1 s of "right" is
  // heard, so that it is a false alarm on "front" and proves nothing.
  @Test(arguments: ["Front_Left", "Rear_Left", "Rear_Right", "Side_Left", "Side_Right"])
  func `a person who says left or right is heard once, where the word is`(name: String) throws {
    let events = try events([Speech.path(name)])
    let word = name.hasSuffix("Left") ? "left" : "right"
    #expect(events.map { $0["keyword"] as? String } == [word])
    // The second of two words: it starts after 0.6 s and lies in the rest of the recording.
    #expect(try #require(events.first?["start"] as? Int) > 9_600)
    #expect(try #require(events.first?["end"] as? Int) > 12_000)
  }

  @Test(arguments: ["Front_Center", "Rear_Center", "Noise"])
  func `words that are no keywords, and noise, stay silent`(name: String) throws {
    #expect(try events([Speech.path(name)]).isEmpty)
  }

  @Test func `an event says what, how sure, when and where, in this order`() throws {
    let path = try Speech.path("Front_Left")
    let run = try Command(["replay", "--format", "jsonl", path])
    let line = try #require(run.lines.first)
    let keys = try line.matches(of: Regex("\"([a-z]+)\":", as: (Substring, Substring).self))
      .map { String($0.output.1) }
    #expect(
      keys == [
        "event", "keyword", "score", "threshold", "at", "start", "end", "rate", "source",
      ])
    let event = try #require(try run.objects().first)
    #expect(event["event"] as? String == "detection")
    #expect(event["source"] as? String == path)
    #expect(event["rate"] as? Int == 16_000)
    let score = try #require(event["score"] as? Double)
    let threshold = try #require(event["threshold"] as? Double)
    #expect(threshold <= score && score <= 1)
    let times = try ["start", "end", "at"].map { try #require(event[$0] as? Int) }
    #expect(0 <= times[0] && times[0] < times[1] && times[1] <= times[2] + 1)
    // The recording is 1.48 seconds long.
    #expect(times[2] < 24_000)
  }

  @Test func `text is for people and name is the keyword alone`() throws {
    let path = try Speech.path("Rear_Right")
    let text = try Command(["replay", path])
    #expect(text.lines.count == 1)
    #expect(
      text.output.contains(
        try Regex(#"^[^:]+: \d+\.\d\d s  right  score 0\.\d\d  word \d\.\d\d-\d\.\d\d s\n$"#)))
    #expect(try Command(["replay", "--format", "text", path]).output == text.output)
    #expect(try Command(["replay", "--format", "name", path]).output == "right\n")
  }

  @Test func `a threshold that no score reaches keeps it silent`() throws {
    let path = try Speech.path("Front_Left")
    #expect(try events(["--threshold", "1", path]).isEmpty)
    #expect(try events(["--threshold", "left=1", path]).isEmpty)
    let lower = try events(["--threshold", "left=0.5", path])
    #expect(lower.first?["threshold"] as? Double == 0.5)
    let other = try events([path])
    #expect(try #require(lower.first?["at"] as? Int) <= #require(other.first?["at"] as? Int))
  }

  @Test func `a word that came near its threshold is told where that is asked for`() throws {
    let path = try Speech.path("Front_Left")
    // A near miss is told once the score has dropped.
    let words = ["--tail", "2", "--threshold", "0.99", path]
    #expect(try events(words).isEmpty)
    let near = try events(["--near-misses", "0.5"] + words)
    #expect(near.map { $0["event"] as? String } == ["near-miss"])
    #expect(near.first?["keyword"] as? String == "left")
    #expect(try #require(near.first?["score"] as? Double) < 0.99)
    let text = try Command(["replay", "--near-misses", "0.5"] + words)
    #expect(text.output.contains(" s  nearly left  score 0."))
    let name = try Command(["replay", "--format", "name", "--near-misses", "0.5"] + words)
    #expect(name.status == 0 && name.output == "")
    #expect(try Command(["replay", "--near-misses", "5", path]).status == 64)
  }

  @Test func `raw samples on standard input are the same stream as a WAV of them`() throws {
    for name in ["Front_Left", "Side_Right"] {
      let wave = try Speech.convert(
        Speech.path(name), to: folder.path("\(name).wav"), ["-r", "16000", "-c", "1", "-b", "16"])
      let raw = try Speech.convert(
        wave, to: folder.path("\(name).raw"), ["-t", "raw", "-e", "signed", "-b", "16", "-L"])
      let data = try Data(contentsOf: URL(fileURLWithPath: raw))
      let piped = try Command(["replay", "--format", "jsonl", "-"], input: data)
      #expect(piped.status == 0)
      let (fromPipe, fromFile) = (try piped.objects(), try events([wave]))
      #expect(!fromFile.isEmpty)
      #expect(line(fromPipe) == line(fromFile))
      #expect(fromPipe.allSatisfy { $0["source"] as? String == "-" })
      // In pieces, as a slow pipe gives them; an odd byte at the end is dropped and told.
      let slow = try Command(
        script: """
          { head -c 7001 "$1"; sleep 0.1; tail -c +7002 "$1"; printf x; } | "$KWS" replay \
          --format jsonl -
          """, [raw])
      #expect(slow.output == piped.output)
      #expect(slow.error.contains("middle of a sample"))
    }
  }

  @Test(
    arguments: [
      "-r 8000", "-r 11025", "-r 22050", "-r 44100", "-r 96000", "-c 2", "-c 6",
      "-r 44100 -c 2 -b 24", "-b 8 -e unsigned", "-b 32 -e signed", "-b 32 -e float",
      "-b 64 -e float",
    ])
  func `any rate, channel count and width gives the same word`(options: String) throws {
    for (name, word) in [("Front_Left", "left"), ("Rear_Right", "right")] {
      let input = try Speech.path(name)
      let output = try Speech.convert(
        input, to: folder.path("\(name).wav"), options.split(separator: " ").map(String.init))
      let found = try events([output])
      #expect(found.map { $0["keyword"] as? String } == [word])
      let expected = try events([input])
      let difference =
        try #require(found.first?["at"] as? Int) - #require(expected.first?["at"] as? Int)
      // 8 kHz keeps the band of the features, but not the resampler's bits.
      #expect(difference.magnitude <= 1_600)
    }
  }

  @Test(arguments: ["flac", "ogg", "aiff"])
  func `other formats are known by their bytes`(type: String) throws {
    let output = try Speech.convert(
      Speech.path("Rear_Right"), to: folder.path("speech"), ["-t", type])
    #expect(try events([output]).map { $0["keyword"] as? String } == ["right"])
  }

  @Test func `every file of a call is a stream of its own`() throws {
    let files = try ["Front_Left", "Front_Center", "Rear_Right", "Front_Left"].map(Speech.path)
    let together = try Command(["replay", "--format", "jsonl"] + files)
    let alone = try files.map { try Command(["replay", "--format", "jsonl", $0]).output }
    #expect(together.output == alone.joined())
    #expect(together.lines.count == 3)
  }

  @Test func `two words in one stream are two events`() throws {
    let (left, right) = (try Speech.path("Front_Left"), try Speech.path("Front_Right"))
    let both = folder.path("both.wav")
    let sox = try Command(program: "/usr/bin/sox", ["-D", left, right, both])
    try #require(sox.status == 0, "sox: \(sox.error)")
    #expect(try events([both]).map { $0["keyword"] as? String } == ["left", "right"])
  }

  @Test func `a file that cannot be read does not keep the others from being heard`() throws {
    let right = try Speech.path("Rear_Right")
    let run = try Command(["replay", "--format", "name", folder.path("none.wav"), right])
    #expect(run.status == 66)
    #expect(run.output == "right\n")
    #expect(run.error.contains("none.wav"))
  }

  @Test func `a reader that goes away ends it quietly`() throws {
    let files = try ["Front_Left", "Rear_Right"].map(Speech.path)
    // Far more lines than a pipe holds.
    let run = try Command(
      script: """
        files=(); for i in {1..400}; do files+=("$@"); done
        "$KWS" replay --format jsonl "${files[@]}" | head -n 1
        echo "${PIPESTATUS[0]}"
        """, files)
    #expect(run.lines.count == 2)
    #expect(run.lines.last == "0")
    #expect(run.error == "")
  }

  @Test func `an output that is full is an error`() throws {
    let run = try Command(script: #""$KWS" replay "$1" > /dev/full"#, [Speech.path("Front_Left")])
    #expect(run.status == 74)
    #expect(run.error == "kws: standard output: write failed: No space left on device.\n")
  }

  @Test func `a tail of silence lets a recording that ends with its word be decided`() throws {
    let path = try Speech.path("Front_Left")
    let at = try #require(events([path]).first?["at"] as? Int)
    // 50 ms before the decision; the recording has 48 kHz.
    let cut = try Speech.convert(
      path, to: folder.path("cut.wav"), effects: ["trim", "0", "\(3 * (at - 800))s"])
    #expect(try events(["--tail", "0", cut]).isEmpty)
    #expect(try events([cut]).map { $0["keyword"] as? String } == ["left"])
  }
}
