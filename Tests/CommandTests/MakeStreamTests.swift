// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `kws make-stream`, and the evaluation of what it makes.
@Suite struct MakeStreamTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for (word, level) in [("left", Float(0.25)), ("right", 0.5)] {
      for index in 0..<3 {
        // Constant levels are told apart from silence and from each other.
        try folder.write(
          "clips/\(word)/\(index).wav",
          WaveFile.bytes([Float](repeating: level, count: 4_000 + 1_000 * index)))
      }
    }
    try folder.write("clips/_silence_/a.wav", WaveFile.bytes([Float](repeating: 0, count: 9_000)))
    try folder.write(
      "noise/a.wav", WaveFile.bytes((0..<16_000).map { $0 % 2 == 0 ? 0.1 : -0.1 }))
  }

  private func make(_ name: String, _ options: [String]) throws -> Command {
    try Command(
      [
        "make-stream", "--clips", folder.path("clips"), "--output", folder.path("\(name).wav"),
        "--truth", folder.path("\(name).tsv"),
      ] + options)
  }

  private func rows(_ name: String) throws -> [(start: Double, end: Double, label: String)] {
    try String(contentsOfFile: folder.path("\(name).tsv"), encoding: .utf8)
      .split(separator: "\n").map { line in
        let fields = line.split(separator: "\t")
        return (try #require(Double(fields[0])), try #require(Double(fields[1])), String(fields[2]))
      }
  }

  /// The samples of a WAV file.
  private func samples(_ name: String) throws -> [Int16] {
    let data = try Data(contentsOf: URL(fileURLWithPath: folder.path("\(name).wav")))
    let start = try #require(data.range(of: Data("data".utf8))).upperBound + 4
    return stride(from: start, to: data.count - 1, by: 2).map {
      Int16(bitPattern: UInt16(data[$0]) | UInt16(data[$0 + 1]) << 8)
    }
  }

  @Test func `words lie where the truth says, apart, every word as often as any other`() throws {
    let run = try make("s", ["--count", "11", "--seconds", "30", "--spacing", "0.5"])
    #expect(run.status == 0, "\(run.error)")
    let rows = try rows("s")
    #expect(rows.count == 11)
    #expect([5, 6].contains(rows.count { $0.label == "left" }))
    let all = try samples("s")
    #expect(all.count == 30 * 16_000)
    var expected = [Int16](repeating: 0, count: all.count)
    var last = 0.0
    for row in rows {
      #expect(row.start - last >= 0.4999)
      last = row.end
      for index in Int((row.start * 16_000).rounded())..<Int((row.end * 16_000).rounded()) {
        expected[index] = row.label == "left" ? 8_192 : 16_384
      }
    }
    // The clips' encoding may round by a step.
    #expect(zip(all, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    #expect(30 - last >= 0.4999)
  }

  @Test func `the background has the power that is asked for`() throws {
    let options = [
      "--count", "6", "--seconds", "30", "--words", "left", "--background", folder.path("noise"),
    ]
    #expect(try make("n", options + ["--snr", "20"]).status == 0)
    // Words of 0.25 all along; 20 dB below it is 0.025.
    let between = try samples("n")[100..<1_000].map { abs(Int($0)) }
    #expect(between.allSatisfy { abs($0 - 819) <= 1 })
    // Every word is as loud, and so is the background under it.
    let lines = try String(contentsOfFile: folder.path("n.tsv"), encoding: .utf8).split(
      separator: "\n")
    #expect(lines.count == 6 && lines.allSatisfy { $0.hasSuffix("\tleft\t20.0") }, "\(lines)")
  }

  @Test func `one seed gives one recording, another seed another`() throws {
    var files: [Data] = []
    for (name, seed) in [("a", "3"), ("b", "3"), ("c", "4")] {
      #expect(try make(name, ["--count", "9", "--seconds", "60", "--seed", seed]).status == 0)
      files.append(try Data(contentsOf: URL(fileURLWithPath: folder.path("\(name).wav"))))
    }
    #expect(files[0] == files[1] && files[0] != files[2])
  }

  @Test func `what cannot be made is refused and leaves no file`() throws {
    for (options, status, text) in [
      (["--count", "50", "--seconds", "10"], 64, "take "),
      (["--words", "zebra"], 66, "clips/zebra: expected a folder with recordings"),
      (["--background", "none"], 66, "none: no such folder"),
      (["--spacing", "-1"], 64, "--spacing"), (["--count", "0"], 64, "--count"),
    ] as [([String], Int32, String)] {
      let run = try make("x", options)
      #expect(run.status == status, "\(options): \(run.error)")
      #expect(run.error.contains(text), "\(run.error)")
      #expect(!FileManager.default.fileExists(atPath: folder.path("x.wav")))
      #expect(!FileManager.default.fileExists(atPath: folder.path("x.tsv")))
    }
  }
}
