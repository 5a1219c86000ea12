// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import Glibc
import ListenerService
import Testing

/// Clips of a signal in which every sample tells its own index.
@Suite struct OutputsClipTests {
  let folder: OutputFolder
  let clips: String
  let metrics = ListenerMetrics()
  let log = ReportLog()

  init() throws {
    folder = try OutputFolder()
    clips = folder.path("clips")
  }

  private func makeSet(
    preRoll: Double = 0.5, postRoll: Double = 0.25, quota: Int = 10_000_000,
    in directory: String? = nil, reusing old: OutputSet? = nil
  ) throws -> OutputSet {
    var configuration = OutputConfiguration()
    configuration.standardOutput = nil
    configuration.clips = ClipConfiguration(
      directory: directory ?? clips, preRollSeconds: preRoll, postRollSeconds: postRoll,
      quotaByteCount: quota)
    return try OutputSet(configuration, metrics: metrics, reusing: old, report: log.add)
  }

  /// Pushes the samples of `indices` in pieces of 10 ms.
  private func push(_ indices: Range<Int>, into set: OutputSet) throws {
    let tap = try #require(set.clipTap)
    for start in stride(from: indices.lowerBound, to: indices.upperBound, by: 160) {
      let piece = (start..<min(start + 160, indices.upperBound)).map { Float(code($0)) / 32_768 }
      tap.push(piece.span, at: start)
      // As much as the tap holds would go through at once; a microphone is slower.
      if start % 32_000 == 0 { usleep(2000) }
    }
  }

  private func code(_ index: Int) -> Int { (index * 7) % 65_536 - 32_768 }

  /// The endings and contents of the clips' folder.
  private func names(_ ending: String = ".wav") -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: clips)) ?? []
    return all.filter { $0.hasSuffix(ending) }.sorted()
  }

  private func description(_ name: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(clips)/\(name)"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func samples(_ name: String) throws -> [Int] {
    var source = try SoundFileSource(path: "\(clips)/\(name)")
    var all: [Int] = []
    var piece = [Float](repeating: 0, count: 4096)
    while true {
      var span = piece.mutableSpan
      guard case .samples(let count) = try source.read(into: &span) else { return all }
      all += piece.prefix(count).map { Int($0 * 32_768) }
    }
  }

  @Test func `a clip holds the word with its pre-roll and post-roll, sample by sample`() throws {
    let set = try makeSet()
    try push(0..<40_000, into: set)
    set.deliver(sampleEvent(5, label: "hey/you", at: 32_000, start: 20_000, end: 30_000))
    // The post-roll is already there.
    #expect(eventually { names(".json").count == 1 })
    #expect(names() == ["kws-20231114T221320.250Z-hey_you-0.88.wav"])
    let expected = 20_000 - 8000..<30_000 + 4000
    #expect(try samples(names()[0]) == expected.map(code))
    let description = try description(names(".json")[0])
    #expect(description["file"] as? String == names()[0])
    #expect(description["start"] as? Int == expected.lowerBound)
    #expect(description["end"] as? Int == expected.upperBound)
    #expect(description["rate"] as? Int == 16_000)
    #expect(description["cutAtStart"] as? Bool == false)
    #expect(description["cutAtEnd"] as? Bool == false)
    #expect((description["event"] as? [String: Any])?["n"] as? Int == 5)
    #expect(folder.mode("clips") == 0o700)
    for name in names("") { #expect(folder.mode("clips/\(name)") == 0o600) }
    #expect(set.finish(within: 20))
    #expect(names("").count == 2 && log.all.isEmpty)
  }

  @Test func `a clip waits for its post-roll, and is cut at the end of the stream`() throws {
    let set = try makeSet()
    try push(0..<31_000, into: set)
    set.deliver(sampleEvent(0, at: 31_000, start: 2000, end: 30_000))
    usleep(600_000)
    #expect(names().isEmpty)
    try push(31_000..<33_000, into: set)
    #expect(set.finish(within: 20))
    #expect(try samples(names()[0]) == (0..<33_000).map(code))
    let description = try description(names(".json")[0])
    // Half a second before the word lies before the stream.
    #expect(description["cutAtStart"] as? Bool == true)
    #expect(description["cutAtEnd"] as? Bool == true)
  }

  @Test func `a gap cuts the clips on both sides of it`() throws {
    let set = try makeSet()
    try push(0..<20_000, into: set)
    set.deliver(sampleEvent(0, at: 19_000, start: 12_000, end: 18_000))
    try push(100_000..<140_000, into: set)
    set.deliver(sampleEvent(1, score: 0.75, at: 112_000, start: 102_000, end: 110_000))
    #expect(eventually { names(".json").count == 2 })
    #expect(set.finish(within: 20))
    let late = names().first { $0.contains("0.75") }!
    let early = names().first { !$0.contains("0.75") }!
    #expect(try samples(early) == (4000..<20_000).map(code))
    #expect(try samples(late) == (100_000..<114_000).map(code))
    let descriptions = try [early, late].map { try description($0.dropLast(3) + "json") }
    #expect(descriptions.map { $0["cutAtStart"] as? Bool } == [false, true])
    #expect(descriptions.map { $0["cutAtEnd"] as? Bool } == [true, false])
  }

  @Test func `near misses are named as such`() throws {
    let set = try makeSet()
    try push(0..<40_000, into: set)
    set.deliver(
      sampleEvent(0, score: 0.41, at: 32_000, start: 20_000, end: 30_000, isNearMiss: true))
    #expect(set.finish(within: 20))
    #expect(names() == ["kws-20231114T221320.250Z-seven-0.41-near-miss.wav"])
  }

  @Test func `the oldest clips make room, and nothing else is touched`() throws {
    // Each clip takes 36,000 samples of two bytes and some; three fit.
    let set = try makeSet(quota: 250_000)
    for name in ["notes.txt", "kws-old.wav", "kws-20200101.wav"] {
      try Data(count: 100_000).write(to: URL(fileURLWithPath: "\(clips)/\(name)"))
    }
    try push(0..<60_000, into: set)
    for number in 0..<5 {
      var event = sampleEvent(number, at: 41_000, start: 16_000, end: 40_000)
      event.wallClock += Double(number)
      set.deliver(event)
    }
    #expect(set.finish(within: 20))
    let stamps = names().filter { $0.hasPrefix("kws-2023") }.map { String($0.prefix(23)) }
    #expect(stamps == (2..<5).map { "kws-20231114T22132\($0).250" })
    #expect(names(".json").count == 3)
    for name in ["notes.txt", "kws-old.wav", "kws-20200101.wav"] {
      #expect(FileManager.default.fileExists(atPath: "\(clips)/\(name)"))
    }
  }

  @Test func `two clips of one moment get different names`() throws {
    let set = try makeSet()
    try push(0..<40_000, into: set)
    for number in 0..<3 {
      set.deliver(sampleEvent(number, at: 32_000, start: 20_000, end: 30_000))
    }
    #expect(set.finish(within: 20))
    #expect(names().count == 3 && names(".json").count == 3)
  }

  @Test func `a folder that cannot be written is told once, and clips come again`() throws {
    let set = try makeSet()
    try push(0..<40_000, into: set)
    try FileManager.default.removeItem(atPath: clips)
    for number in 0..<3 {
      set.deliver(sampleEvent(number, at: 32_000, start: 20_000, end: 30_000))
    }
    #expect(
      eventually {
        log.facts(.clips)
          == [.failureBegan(path: clips, operation: "create", code: ENOENT)]
      })
    usleep(600_000)
    try FileManager.default.createDirectory(atPath: clips, withIntermediateDirectories: true)
    set.deliver(sampleEvent(3, at: 32_000, start: 20_000, end: 30_000))
    #expect(eventually { log.facts(.clips).last == .failureEnded(path: clips, lostCount: 3) })
    #expect(set.finish(within: 20))
    #expect(names().count == 1)
    let file = folder.path("file")
    try Data().write(to: URL(fileURLWithPath: file))
    #expect(throws: ListenerError.system(path: file, operation: "write to", code: ENOTDIR)) {
      _ = try makeSet(in: file)
    }
  }

  @Test func `other lengths hold from the next event on, with the samples that are there`() throws {
    let first = try makeSet()
    try push(0..<40_000, into: first)
    usleep(600_000)
    let second = try makeSet(preRoll: 1, postRoll: 0.5, reusing: first)
    #expect(first.clipTap === second.clipTap)
    second.deliver(sampleEvent(0, at: 32_000, start: 20_000, end: 30_000))
    #expect(second.finish(within: 20))
    #expect(try samples(names()[0]) == (4000..<38_000).map(code))
  }

  @Test func `files that a killed process left half written are removed`() throws {
    try FileManager.default.createDirectory(atPath: clips, withIntermediateDirectories: true)
    let left = ["kws-20231114T221320.250Z-seven-0.88.wav.partial", "notes.partial"]
    for name in left {
      try Data(count: 10).write(to: URL(fileURLWithPath: "\(clips)/\(name)"))
      try FileManager.default.setAttributes(
        [.modificationDate: Date().addingTimeInterval(-3600)], ofItemAtPath: "\(clips)/\(name)")
    }
    let set = try makeSet()
    #expect(set.finish(within: 20))
    #expect(names("") == ["notes.partial"])
  }
}
