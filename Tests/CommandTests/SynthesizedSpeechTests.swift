// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Words that espeak-ng says: a speaker that nobody trained on, on every machine the same.
@Suite struct SynthesizedSpeechTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A 16 kHz recording of `word` with so many seconds of silence around it.
  private func recording(_ word: String, before: Double, after: Double) throws -> String {
    let spoken = try Speech.synthesize(word, to: folder.path("\(word)-spoken.wav"))
    return try Speech.convert(
      spoken, to: folder.path("\(word).wav"), ["-r", "16000"],
      effects: ["pad", "\(before)", "\(after)"])
  }

  @Test func `words in one stream are heard once each, in order, where they are`() throws {
    // Not "stop" and "down", of which the voice leaves too little.
    let words = ["yes", "no", "up", "left", "right", "on", "off", "go"]
    var parts: [String] = []
    var truth: [(start: Double, end: Double)] = []
    var length = 0.0
    for word in words {
      let path = try recording(word, before: 0.6, after: 0.9)
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path)).count
      let seconds = Double(bytes - 44) / 32_000
      truth.append((length + 0.6, length + seconds - 0.9))
      length += seconds
      parts.append(path)
    }
    let stream = folder.path("stream.wav")
    let join = try Command(program: "/usr/bin/sox", ["-D"] + parts + [stream])
    try #require(join.status == 0, "sox: \(join.error)")

    let run = try Command(["replay", "--format", "jsonl", stream])
    let events = try run.objects()
    #expect(events.map { $0["keyword"] as? String } == words)
    for (event, word) in zip(events, truth) {
      let times = try ["start", "end", "at"].map {
        Double(try #require(event[$0] as? Int)) / 16_000
      }
      // Edges of speech are soft; the decision comes with the word or soon after it.
      #expect(abs(times[0] - word.start) < 0.1)
      #expect(times[1] > word.start + 0.1 && times[1] < word.end + 0.1)
      #expect(times[2] > word.start && times[2] < word.end + 0.4)
    }
  }

  @Test(arguments: ["house", "table", "window", "computer", "music"])
  func `words that are no keywords stay silent`(word: String) throws {
    let path = try recording(word, before: 0.6, after: 0.6)
    #expect(try Command(["replay", "--format", "name", path]).output == "")
  }

  @Test func `evaluate decides folders of synthesized words right`() throws {
    let words = ["yes", "no", "up", "left", "right", "on", "off", "go"]
    for word in words {
      let spoken = try Speech.synthesize(word, to: folder.path("\(word).wav"))
      try FileManager.default.createDirectory(
        atPath: folder.path("clips/\(word)"), withIntermediateDirectories: true)
      _ = try Speech.convert(
        spoken, to: folder.path("clips/\(word)/1.wav"), ["-r", "16000"],
        effects: ["pad", "0.2", "0"])
    }
    let run = try Command(["evaluate", "--json", "--clips", folder.path("clips")])
    let report = try #require(try run.objects().first)
    #expect(report["clips"] as? Int == words.count)
    #expect(try #require(report["correct"] as? Int) >= words.count - 1)
  }
}
