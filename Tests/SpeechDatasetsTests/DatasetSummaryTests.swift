// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import SpeechDatasets
import Storage
import Testing

@Suite struct DatasetSummaryTests {
  private let folder = try! TemporaryFolder()

  @Test func `a folder's words, clips, speakers, lengths and broken files are counted`() throws {
    let second = Waveforms.wav([Int16](repeating: 100, count: 16_000))
    let half = Waveforms.wav([Int16](repeating: 100, count: 8_000))
    try folder.write("yes/1acc97de_nohash_0.wav", second)
    try folder.write("yes/1acc97de_nohash_1.wav", half)
    try folder.write("yes/460209ac_nohash_0.wav", second)
    try folder.write("no/460209ac_nohash_1.wav", second)
    let text = try folder.write("no/text.wav", Array("no sound".utf8))
    let cut = try folder.write("no/cut.wav", Array(second.dropLast(16_000)))
    try folder.write("_background_noise_/hum.wav", half)
    var calls: [Int] = []
    let summary = try DatasetSummary(path: folder.path) { done, total in
      calls.append(done)
      #expect(total == 7)
    }
    #expect(summary.kind == .recordings)
    #expect(summary.words.map(\.name) == ["no", "yes"])
    #expect(summary.words.map(\.clipCount) == [3, 3])
    #expect(summary.words[1].clipCounts == [.testing: 2, .training: 1])
    #expect(summary.words[1].speakerCount == 2 && summary.speakerCount == 4)
    #expect(summary.words[1].shortestSeconds == 0.5 && summary.words[1].longestSeconds == 1)
    #expect(summary.words[1].totalSeconds == 2.5)
    #expect(summary.noiseCount == 1 && summary.noiseSeconds == 0.5)
    #expect(summary.brokenFiles.map(\.path) == [cut, text])
    #expect(
      summary.brokenFiles.map(\.reason) == [
        .truncated(missingFrameCount: 8_000, of: 16_000),
        .unreadable(.audio(.notAudio(path: text))),
      ])
    #expect(calls == Array(1...7))
  }

  @Test func `a log-mel set is known by its file and counted the same way`() throws {
    var files = LogMelFiles.small(clipCount: 8, noiseCount: 10)
    files.add("yes", "short", "testing") { frame, _ in (20..<78).contains(frame) ? 100 : 1 }
    let summary = try DatasetSummary(path: files.write(to: folder))
    #expect(summary.kind == .logMel)
    #expect(summary.words.map(\.name) == ["bird", "no", "tree", "yes"])
    #expect(summary.words[3].clipCounts == [.training: 8, .validation: 2, .testing: 1])
    #expect(abs(summary.words[3].shortestSeconds - 0.58) < 1e-9)
    #expect(abs(summary.words[3].longestSeconds - 0.97) < 1e-9)
    #expect(summary.noiseCount == 10 && summary.brokenFiles.isEmpty)
    #expect(try summary.digest == LogMelSet(path: folder.path + "/set").digest)
  }

  @Test func `a broken log-mel set is an error, as its index is`() throws {
    try folder.write("log-mel.safetensors", [1, 2, 3])
    let error = try #require(throws: DatasetError.self) { try DatasetSummary(path: folder.path) }
    #expect("\(error)".hasPrefix("container("))
  }
}
