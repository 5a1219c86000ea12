// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BadAudioTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs `kws replay` on a file and checks what every refusal has in common.
  private func refusal(_ path: String, _ status: Int32, says text: String) throws {
    let run = try Command(["replay", path])
    #expect(run.status == status)
    #expect(run.output == "")
    #expect(run.error.hasPrefix("kws: \(path): "))
    #expect(run.error.contains(text))
    #expect(run.error.split(separator: "\n").count == 1)
  }

  private let tone = (0..<16_000).map { 0.3 * sinf(0.1 * Float($0)) }

  @Test func `what is no recording is refused by name`() throws {
    try refusal(folder.path("none.wav"), 66, says: "no such file. Check the path.")
    try refusal(folder.root, 66, says: "is a directory, expected a recording")
    try refusal(folder.write("empty.wav", []), 65, says: "the file is empty")
    try refusal(
      folder.write("text.wav", Array("Dear diary, today I recorded nothing.\n".utf8)), 65,
      says: "not a recording in a known format (WAV, FLAC, Ogg, Opus, MP3). Raw samples are read "
        + "from standard input: kws replay - < FILE.\n")
    try refusal(folder.write("zeros.wav", Array(repeating: 0, count: 5000)), 65, says: "format")
    try refusal("/dev/null", 65, says: "format")
    let wave = WaveFile.bytes(tone)
    try refusal(
      folder.write("header.wav", Array(wave[..<20])), 65,
      says: "broken header")
  }

  @Test func `samples that are no numbers are refused with their place`() throws {
    for (name, value) in [("nan", Float.nan), ("infinite", .infinity)] {
      var samples = tone
      samples[4321] = value
      try refusal(
        folder.write("\(name).wav", WaveFile.bytes(samples, encoding: .float32)), 65,
        says: "frame 4321, channel 0: not a finite number")
    }
  }

  @Test func `a rate that nobody records at is refused`() throws {
    try refusal(
      folder.write("slow.wav", WaveFile.bytes(tone, rate: 100)), 65,
      says: "100 samples per second, expected 4000 to")
  }

  @Test func `a recording that was cut off is heard as far as it goes, and told`() throws {
    let whole = try Data(contentsOf: URL(fileURLWithPath: Speech.path("Front_Left")))
    // The word ends before, the file after this byte.
    let path = try folder.write("cut.wav", Array(whole[..<130_001]))
    let run = try Command(["replay", "--format", "name", path])
    #expect(run.status == 0)
    #expect(run.output == "left\n")
    #expect(run.error.hasPrefix("kws: \(path): truncated: expected 71042 frames, found 6497"))
  }

  @Test func `samples beyond full scale are told, in one line for each file`() throws {
    let loud = (0..<16_000).map { Float($0 % 100 == 0 ? 1.5 : 0) }
    let path = try folder.write("loud.wav", WaveFile.bytes(loud, encoding: .float32))
    let run = try Command(["replay", path])
    #expect(run.status == 0)
    #expect(
      run.error == "kws: \(path): 160 of 16000 samples lay beyond full scale and were clipped.\n")
  }

  @Test func `a recording without samples is told`() throws {
    let path = try folder.write("nothing.wav", WaveFile.bytes([]))
    let run = try Command(["replay", path])
    #expect(run.status == 0)
    #expect(run.output == "")
    #expect(run.error == "kws: \(path): has no samples.\n")
    let piped = try Command(["replay", "-"])
    #expect(piped.status == 0)
    #expect(piped.output == "" && piped.error == "kws: -: has no samples.\n")
  }

  @Test func `damage anywhere in a file ends in a text or in events, never in a crash`() throws {
    var generator = Draws()
    let original = try Data(contentsOf: URL(fileURLWithPath: Speech.path("Front_Left")))
    let flac = try Speech.convert(Speech.path("Front_Left"), to: folder.path("speech.flac"))
    for (name, bytes) in [
      ("a.wav", Array(original)), ("a.flac", try Array(Data(contentsOf: URL(filePath: flac)))),
    ] {
      for round in 0..<12 {
        var damaged = bytes
        // The header first, where a byte means most.
        for _ in 0..<3 {
          let limit = round % 2 == 0 ? 64 : damaged.count
          damaged[Int.random(in: 0..<limit, using: &generator)] = UInt8.random(
            in: 0...255, using: &generator)
        }
        if round % 3 == 0 {
          damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
        }
        let path = try folder.write("\(round)-\(name)", damaged)
        let run = try Command(["replay", path])
        #expect([0, 65].contains(run.status), "\(path): \(run.status)")
        #expect(run.status == 0 || run.error.hasPrefix("kws: \(path): "))
      }
    }
  }
}

/// Random numbers that are the same in every run, so that a failure can be met again.
private struct Draws: RandomNumberGenerator {
  private var state: UInt64 = 2026

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
