// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
import Testing

/// `kws evaluate --compare`, and the groups that `kws evaluate` shows.
@Suite struct CompareTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func makeClips() throws -> String { try folder.makeClips(namesSpeakers: true) }

  /// The built-in model but for a head that knows nothing, so that it decides the first label always.
  private func makeIgnorant() throws -> String {
    let path = SourceTree.root + "models/default.safetensors"
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    var model = try QuantizedModel(reading: bytes)
    let last = model.layers.count - 1
    model.layers[last].weights = model.layers[last].weights.map { _ in 0 }
    model.layers[last].bias = model.layers[last].bias.map { _ in 0 }
    return try folder.write("ignorant.safetensors", model.encoded())
  }

  @Test func `a model that knows nothing loses all that the other gets right`() throws {
    let clips = try makeClips()
    let plain = try #require(
      try Command(["evaluate", "--json", "--clips", clips]).objects().first)
    let run = try Command(["evaluate", "--json", "--clips", clips, "--compare", makeIgnorant()])
    #expect(run.status == 0, "\(run.error)")
    let comparison = try #require(
      run.objects().first?["comparison"] as? [String: Any])
    let correct = try #require(plain["correct"] as? Int)
    // It says yes to everything, and nobody says yes.
    #expect(comparison["correct"] as? Int == 0 && comparison["rightOnlyThere"] as? Int == 0)
    #expect(comparison["rightOnlyHere"] as? Int == correct)
    let probability = try #require(comparison["p"] as? Double)
    #expect(abs(probability - 2 / Double(1 << correct)) < 1e-6)
    let text = try Command(["evaluate", "--clips", clips, "--compare", makeIgnorant()])
    #expect(text.output.contains("right only here \(correct), only there 0: difference +"))
  }

  @Test func `a model beside itself differs in nothing, in-stream too`() throws {
    let model = SourceTree.root + "models/default.safetensors"
    for options in [[], ["--in-stream"]] {
      let run = try Command(
        ["evaluate", "--clips", makeClips(), "--model", model, "--compare", model] + options)
      #expect(run.status == 0, "\(run.error)")
      #expect(run.output.contains("only here 0, only there 0: difference 0.00 points"))
      #expect(run.output.contains("p = 1.0000 (McNemar, exact)"))
    }
  }

  @Test func `the worst speakers of at least so many clips are shown`() throws {
    let clips = try makeClips()
    let few = try Command(["evaluate", "--clips", clips])
    #expect(!few.output.contains("speaker"))
    let run = try Command(["evaluate", "--clips", clips, "--group-minimum", "2"])
    #expect(run.output.contains("worst of 1 speakers with at least 2 clips"), "\(run.output)")
    #expect(run.lines.contains { $0.hasPrefix("aa           5") }, "\(run.output)")
    #expect(!run.output.contains("\nbb "))
  }

  @Test func `streams are compared word by word, and grouped by signal-to-noise ratio`() throws {
    let stream = folder.path("words.wav")
    let recordings = try ["Front_Left", "Rear_Right"].map { try Speech.path($0) }
    let sox = try Command(
      program: "/usr/bin/sox", ["-D"] + recordings + ["-r", "16000", stream])
    #expect(sox.status == 0, "\(sox.error)")
    let truth = try folder.write(
      "words.tsv", Array("0.5\t1.4\tleft\t12.5\n1.9\t3\tright\t-2\n".utf8))
    let arguments = ["--stream", stream, "--truth", truth, "--group-minimum", "1"]
    let run = try Command(["evaluate"] + arguments + ["--compare", makeIgnorant()])
    #expect(run.status == 0, "\(run.error)")
    #expect(
      run.output.contains(
        "missed 0 here and 2 there of 2 words; hit only here 2, only there 0: difference +100.00"),
      "\(run.output)")
    #expect(run.lines.contains { $0.hasPrefix("-5 to 0 dB ") })
    #expect(run.lines.contains { $0.hasPrefix("10 to 15 dB ") })
    let json = try #require(try Command(["evaluate", "--json"] + arguments).objects().first)
    let groups = try #require(json["signalToNoise"] as? [[String: Any]])
    #expect(Set(groups.compactMap { $0["decibels"] as? Int }) == [-5, 10])
  }

  @Test func `models of other words cannot be compared`() throws {
    var model = try QuantizedModel(
      reading: [UInt8](
        Data(contentsOf: URL(fileURLWithPath: SourceTree.root + "models/default.safetensors"))))
    model.labels[0] = "zebra"
    // Its table is of the labels that it had.
    model.operatingPoints = nil
    let other = try folder.write("zebra.safetensors", model.encoded())
    let run = try Command(["evaluate", "--clips", makeClips(), "--compare", other])
    #expect(run.status == 65 && run.output == "")
    #expect(run.error.contains("--compare \(other): knows "), "\(run.error)")
    let missing = try Command(["evaluate", "--clips", makeClips(), "--compare", "none"])
    #expect(missing.status == 66)
  }
}
