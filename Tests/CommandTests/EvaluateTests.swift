// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct EvaluateTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [[], ["--in-stream"]])
  func `JSON has every key, and its numbers agree`(options: [String]) throws {
    let run = try Command(["evaluate", "--json", "--clips", folder.makeClips()] + options)
    #expect(run.status == 0)
    #expect(run.error == "")
    #expect(run.lines.count == 1)
    let object = try #require(run.objects().first)
    #expect(
      Set(object.keys) == ["clips", "correct", "accuracy", "interval", "labels", "confusion"])
    let labels = try #require(object["labels"] as? [String])
    let confusion = try #require(object["confusion"] as? [[Int]])
    #expect(confusion.count == labels.count && confusion.allSatisfy { $0.count == labels.count })
    let counts = Dictionary(uniqueKeysWithValues: zip(labels, confusion.map { $0.reduce(0, +) }))
    #expect(counts["left"] == 2 && counts["right"] == 3 && counts["_silence_"] == 1)
    #expect(object["clips"] as? Int == 6)
    let correct = labels.indices.reduce(0) { $0 + confusion[$1][$1] }
    #expect(object["correct"] as? Int == correct)
    // A speaker that the model has never heard; five of six would still be a working line.
    #expect(correct >= 5)
    let accuracy = try #require(object["accuracy"] as? Double)
    #expect(abs(accuracy - Double(correct) / 6) < 1e-5)
    let interval = try #require(object["interval"] as? [Double])
    #expect(interval[0] < accuracy && accuracy <= interval[1])
  }

  @Test func `noise and gain have a row each, after the clips as they are`() throws {
    let clips = try folder.makeClips()
    let options = ["--noise", try Speech.path("Noise"), "--snr", "20,-40", "--gain", "-6"]
    let run = try Command(["evaluate", "--clips", clips] + options)
    #expect(run.status == 0 && run.error == "")
    let rows = run.lines.dropFirst().map { $0.split(separator: "  ")[0] }
    #expect(
      rows == [
        "as recorded", "signal to noise 20 dB", "signal to noise -40 dB", "6 dB softer",
      ])
    let json = try Command(["evaluate", "--json", "--clips", clips] + options)
    let results = try #require(
      JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
    let correct = results.compactMap { $0["correct"] as? Int }
    #expect(results.map { $0["snr"] as? Double } == [nil, 20, -40, nil])
    #expect(results.map { $0["gain"] as? Double } == [0, 0, 0, -6])
    // Nothing is heard under noise of a hundred times the amplitude, but for silence at most.
    #expect(correct.count == 4 && correct[0] >= 5 && correct[3] >= 4 && correct[2] <= 2)
    #expect(try Command(["evaluate", "--clips", clips, "--snr", "20"]).status == 64)
    #expect(try Command(["evaluate", "--clips", clips, "--gain", "loud"]).status == 64)
    #expect(try Command(["evaluate", "--stream", "x", "--truth", "y", "--gain", "1"]).status == 64)
  }

  @Test func `text has a row for every class with clips`() throws {
    let clips = try folder.makeClips()
    try folder.write("clips/zebra/x.wav", [])
    let run = try Command(["evaluate", "--clips", clips])
    #expect(run.status == 0)
    #expect(
      run.error == "kws: \(clips)/zebra: left out: no label of the model, or no recordings in it.\n"
    )
    #expect(run.lines[0].hasPrefix("accuracy from reset: "))
    #expect(run.lines[0].contains("of 6 clips (95 % interval "))
    let classes = run.lines.dropFirst(2).map { String($0.prefix { $0 != " " }) }
    #expect(classes == ["left", "right", "_silence_"])
  }

  @Test func `a folder that cannot be used is refused with what is expected`() throws {
    let file = try folder.write("file.wav", WaveFile.bytes([0]))
    let empty = try folder.write("empty/yes/readme.txt", [65])
    for (path, status, text) in [
      (folder.path("none"), Int32(66), "no such folder"), (file, 66, "expected a folder"),
      (empty.replacingOccurrences(of: "/yes/readme.txt", with: ""), 65, "named after"),
      (folder.root, 65, "_unknown_"),
    ] {
      let run = try Command(["evaluate", "--clips", path])
      #expect(run.status == status)
      #expect(run.output == "")
      #expect(run.error.split(separator: "\n").last?.hasPrefix("kws: \(path)") == true)
      #expect(run.error.contains(text), "\(run.error)")
    }
    let bad = try folder.write("bad/yes/x.wav", Array("nothing to hear".utf8))
    let run = try Command(["evaluate", "--json", "--clips", folder.path("bad")])
    #expect(run.status == 65)
    #expect(run.output == "")
    #expect(run.error.hasPrefix("kws: \(bad): "))
    // That is what replay can do, not this command.
    #expect(!run.error.contains("standard input"))
  }

  @Test(arguments: [[], ["--in-stream"]])
  func `truncated and empty clips count as silence from there on, and are told`(
    options: [String]
  ) throws {
    let whole = WaveFile.bytes([Float](repeating: 0, count: 16_000))
    let cut = try folder.write("odd/_silence_/cut.wav", Array(whole[..<(44 + 2 * 4_000)]))
    let headless = try folder.write("odd/_silence_/headless.wav", Array(whole[..<44]))
    let none = try folder.write("odd/_silence_/none.wav", WaveFile.bytes([]))
    // Cut as well, but only what is heard counts.
    let long = WaveFile.bytes([Float](repeating: 0, count: 64_000))
    try folder.write("odd/_silence_/late.wav", Array(long[..<(44 + 2 * 40_000)]))
    let run = try Command(["evaluate", "--json", "--clips", folder.path("odd")] + options)
    #expect(run.status == 0)
    #expect(
      run.error.split(separator: "\n").sorted() == [
        "kws: \(cut): truncated: expected 16000 frames, found 4000. The rest counts as digital "
          + "silence.",
        "kws: \(headless): truncated: expected 16000 frames, found 0. The rest counts as digital "
          + "silence.",
        "kws: \(none): has no samples. Counts as digital silence.",
      ])
    let object = try #require(run.objects().first)
    #expect(object["clips"] as? Int == 4 && object["correct"] as? Int == 4)
  }
}

/// With the recordings that KWS_SPEECH_DATA names.
@Suite(.enabled(if: Speech.dataFolder != nil)) struct RecordedSpeechTests {
  private let clips = (Speech.dataFolder ?? "") + "/dev-test"

  @Test(arguments: [[], ["--in-stream"]])
  func `nineteen of twenty clips of many speakers are decided right`(options: [String]) throws {
    let run = try Command(["evaluate", "--json", "--clips", clips] + options)
    let object = try #require(run.objects().first)
    #expect(try #require(object["clips"] as? Int) > 1_000)
    #expect(try #require(object["accuracy"] as? Double) > 0.95)
  }

  @Test func `a clip of a keyword fires once, with that keyword`() throws {
    var files: [String] = []
    var words: [String: String] = [:]
    for word in ["yes", "no", "up", "down", "left", "right", "on", "off", "stop", "go"] {
      let folder = clips + "/" + word
      for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
        files.append(folder + "/" + name)
        words[folder + "/" + name] = word
      }
    }
    let run = try Command(["replay", "--format", "jsonl"] + files)
    #expect(run.status == 0)
    let events = try run.objects().map {
      (try #require($0["source"] as? String), try #require($0["keyword"] as? String))
    }
    let right = events.filter { words[$0.0] == $0.1 }
    let perFile = Dictionary(grouping: events, by: \.0).mapValues(\.count)
    print("recall \(right.count) of \(files.count), wrong \(events.count - right.count)")
    #expect(perFile.values.allSatisfy { $0 == 1 })
    #expect(Double(right.count) > 0.75 * Double(files.count))
    #expect(Double(events.count - right.count) < 0.03 * Double(files.count))
  }
}
