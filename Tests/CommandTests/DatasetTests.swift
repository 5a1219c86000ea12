// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct DatasetTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Only web addresses are fetched, so this fails before a byte comes.
  @Test func `a download that cannot begin leaves nothing and says what to do`() throws {
    let target = folder.path("set")
    let run = try Command([
      "dataset", "get", "speech-commands-v0.02", target, "--base-url", "file://" + folder.root,
    ])
    #expect(run.status == 74)
    #expect(run.output == "")
    let last = run.error.split(separator: "\n").last ?? ""
    #expect(last.hasPrefix("kws: file://") && last.contains("curl exit code"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.root).isEmpty)
  }

  @Test func `a name that is no data set is answered with those that are`() throws {
    let run = try Command(["dataset", "get", "speech-commands", folder.path("set")])
    #expect(run.status == 64)
    #expect(run.error.contains("speech-commands-v0.01, speech-commands-v0.02"))
  }

  @Test func `a folder that is there already is left alone`() throws {
    try folder.write("set/mine", [1])
    let run = try Command(["dataset", "get", "speech-commands-v0.02", folder.path("set")])
    #expect(run.status == 64)
    #expect(run.error.contains("is there already"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("set")) == ["mine"])
  }

  @Test func `show prints a table and fails on a broken file with its name and reason`() throws {
    let wave = WaveFile.bytes([Float](repeating: 0.1, count: 16_000))
    try folder.write("set/yes/ann_nohash_0.wav", wave)
    try folder.write("set/yes/ann_nohash_1.wav", wave)
    try folder.write("set/no/ben_nohash_0.wav", wave)
    let good = try Command(["dataset", "show", folder.path("set")])
    #expect(good.status == 0 && good.error == "")
    #expect(good.lines[2].split(separator: " ").prefix(2) == ["no", "1"])
    #expect(good.lines[3].split(separator: " ").prefix(2) == ["yes", "2"])
    #expect(good.lines[4].split(separator: " ").prefix(3) == ["2", "words", "3"])
    let text = try folder.write("set/no/text.wav", Array("no sound".utf8))
    let bad = try Command(["dataset", "show", folder.path("set")])
    #expect(bad.status == 65)
    #expect(bad.lines.last?.hasPrefix("broken: \(text): ") == true)
    #expect(bad.error.contains("1 broken file."))
  }

  @Test func `show of no folder, of a file and of an empty folder says so`() throws {
    let file = try folder.write("file", [1])
    for (path, status, text) in [
      (folder.path("none"), Int32(66), "no such file"), (file, 65, "expected a folder"),
      (folder.root, 65, "one per word"),
    ] {
      let run = try Command(["dataset", "show", path])
      #expect(run.status == status && run.output == "")
      #expect(run.error.contains(path) && run.error.contains(text), "\(run.error)")
    }
  }
}
