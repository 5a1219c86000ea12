// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// `kws calibrate`, and listening to a target.
@Suite struct CalibrateTests {
  private let folder: TemporaryFolder
  private let words: [String]

  /// Two recorded words as a stream, and two minutes of faint noise in two files.
  init() throws {
    folder = try TemporaryFolder()
    let recordings = try ["Front_Left", "Rear_Right"].map { try Speech.path($0) }
    let sox = try Command(
      program: "/usr/bin/sox", ["-D"] + recordings + ["-r", "16000", folder.path("words.wav")])
    #expect(sox.status == 0, "\(sox.error)")
    try folder.write("words.tsv", Array("0.5\t1.4\tleft\n1.9\t3\tright\n".utf8))
    var state: UInt32 = 9
    for name in ["a", "b"] {
      let noise = (0..<960_000).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return (Float(state >> 8) * 0x1p-24 - 0.5) * 0.01
      }
      try folder.write("noise/\(name).wav", WaveFile.bytes(noise))
    }
    words = recordings
  }

  private func calibrate(_ options: [String]) throws -> Command {
    try Command(
      [
        "calibrate", "--stream", folder.path("words.wav"), "--truth", folder.path("words.tsv"),
        "--background", folder.path("noise"),
      ] + options)
  }

  @Test func `a threshold that the model comes with is what it is heard with`() throws {
    let model = folder.path("m.safetensors")
    let stream = ["--stream", folder.path("words.wav"), "--truth", folder.path("words.tsv")]
    for (threshold, hits) in [("0.999", 0), ("0.6", 2)] {
      let run = try calibrate(["--output", model, "--default-threshold", threshold])
      #expect(run.status == 0, "\(run.error)")
      let evaluated = try Command(["evaluate", "--model", model] + stream)
      #expect(
        evaluated.lines.first?.hasPrefix("words: 2, \(hits) hit") == true, "\(evaluated.output)")
    }
    let refused = try calibrate(["--output", model, "--default-threshold", "80"])
    #expect(refused.status == 64)
    #expect(refused.error.contains("--default-threshold 80.0: expected 0.001 to 1"))
  }

  @Test func `a target gives thresholds that the hours support, and says what they cost`() throws {
    let model = folder.path("m.safetensors")
    let run = try calibrate(["--output", model])
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines.contains { $0.hasPrefix("no target up to 1000 per day") })
    // Two minutes less the first second of each file: 3.689 events in them are 2,680 per day.
    #expect(run.lines.contains { $0.hasPrefix("calibrated    on 0.033 h") }, "\(run.output)")
    #expect(run.lines.last == "wrote \(model)")
    let heard = try Command(["replay", "--model", model, "--target-fa-per-day", "5000"] + words)
    #expect(heard.status == 0, "\(heard.error)")
    #expect(heard.lines.count == 2)
    #expect(heard.error.contains("kws: thresholds for at most 5000 false alarms per day"))
    #expect(heard.error.contains("kws: left: threshold "))
    #expect(heard.error.contains("(0 of 1)"))
    let stream = ["--stream", folder.path("words.wav"), "--truth", folder.path("words.tsv")]
    let evaluated = try Command(
      ["evaluate", "--model", model, "--target-fa-per-day", "5000"] + stream)
    #expect(evaluated.status == 0 && evaluated.error == heard.error)
    #expect(evaluated.lines.first?.hasPrefix("words: 2, 2 hit") == true, "\(evaluated.output)")
    let refused = try Command(["evaluate", "--model", model, "--target-fa-per-day", "1"] + stream)
    #expect(refused.status == 64 && refused.error.contains("it takes 89 h"))
    let clips = try Command(["evaluate", "--clips", "x", "--threshold", "0.5"])
    #expect(clips.status == 64 && clips.error.contains("whatever the thresholds"))
    let again = try Command(
      ["replay", "--model", model, "--target-fa-per-day", "5000", "--format", "jsonl"] + words)
    #expect(try again.objects().map { $0["keyword"] as? String } == ["left", "right"])
  }

  @Test func `a target beyond the hours is refused with the hours that it takes`() throws {
    let model = folder.path("m.safetensors")
    #expect(try calibrate(["--output", model]).status == 0)
    let target = ["--model", model, "--target-fa-per-day", "1"]
    let refused = try Command(["replay"] + target + words)
    #expect(refused.status == 64 && refused.output == "")
    #expect(refused.error.contains("it takes 89 h without a false alarm"), "\(refused.error)")
    let accepted = try Command(["replay", "--accept-unproven"] + target + words)
    #expect(accepted.status == 0 && accepted.lines.count == 2)
    #expect(accepted.error.contains("; not proven for the target."))
    // Thresholds of one's own need no proof, and win.
    let own = try Command(["replay", "--threshold", "1"] + target + words)
    #expect(own.status == 0 && own.output == "" && own.error == "")
    let one = try Command(
      ["replay", "--accept-unproven", "--threshold", "left=1", "--format", "name"] + target + words)
    #expect(one.lines == ["right"])
    #expect(!one.error.contains("kws: left:"))
  }

  @Test func `listen takes the target from flag, environment and file, and checks it`() throws {
    let model = folder.path("m.safetensors")
    #expect(try calibrate(["--output", model]).status == 0)
    let file = try folder.write("kws.toml", Array("target-fa-per-day = 1\n".utf8))
    let check = ["listen", "--check-config", "--model", model]
    let refused = try Command(check + ["--config", file])
    #expect(refused.status == 78)
    #expect(refused.error.hasPrefix("kws: \(file):1:21: target-fa-per-day: 1 is not proven"))
    for more in [
      ["--accept-unproven"], ["--target-fa-per-day", "9000"], ["--threshold", "0.5"],
    ] {
      let run = try Command(check + ["--config", file] + more)
      #expect(run.status == 0, "\(more): \(run.error)")
    }
    let run = try Command(
      script: "KWS_TARGET_FA_PER_DAY=2 KWS_ACCEPT_UNPROVEN=yes $KWS \"$@\"", check)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines.contains("target-fa-per-day = 2  # KWS_TARGET_FA_PER_DAY"))
  }

  @Test func `the table is written into the model itself, and nothing else changes`() throws {
    let model = folder.path("m.safetensors")
    #expect(try calibrate(["--output", model]).status == 0)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: model))
    func calibrations() throws -> Int {
      let inspected = try #require(try Command(["inspect", "--json", model]).objects().first)
      return try #require(inspected["commands"] as? [String]).count {
        $0.hasPrefix("kws calibrate ")
      }
    }
    let calibrated = try calibrations()
    let again = try calibrate(["--model", model])
    #expect(again.status == 0, "\(again.error)")
    let inspected = try #require(try Command(["inspect", "--json", model]).objects().first)
    let table = try #require(inspected["operatingPoints"] as? [String: Any])
    let curves = try #require(table["keywords"] as? [String: [[String: Any]]])
    let left = try #require(curves["left"])
    #expect(left.count > 40 && left.allSatisfy { $0["words"] as? Int == 1 })
    #expect((table["recordingsDigest"] as? String)?.count == 64)
    #expect(try calibrations() == calibrated + 1)
    #expect(inspected["scores"] == nil)
    #expect(try Command(["inspect", model]).output.contains("calibrated    on 0.033 h"))
    // The same counts; only the command is added.
    let growth = try Data(contentsOf: URL(fileURLWithPath: model)).count - bytes.count
    #expect((0..<1_000).contains(growth))
    #expect(
      try Command(["replay", "--model", model] + words).output
        == Command(["replay"] + words).output)
  }

  @Test func `clips make scores probabilities on a prior that inspect shows`() throws {
    for (index, (name, word)) in [
      ("Front_Left", "left"), ("Rear_Left", "left"), ("Front_Right", "right"),
      ("Rear_Right", "right"), ("Rear_Right", "left"),
    ].enumerated() {
      try folder.write("clips/\(word)/x", [])
      _ = try Speech.convert(
        Speech.path(name), to: folder.path("clips/\(word)/\(index).wav"),
        effects: ["trim", "-1.05"])
    }
    let model = folder.path("m.safetensors")
    let run = try calibrate(["--output", model, "--clips", folder.path("clips")])
    #expect(run.status == 0, "\(run.error)")
    #expect(
      run.output.contains("scores        on the prior left, right equally likely: temperature"))
    let json = try #require(try Command(["inspect", "--json", model]).objects().first)
    let scores = try #require(json["scores"] as? [String: Any])
    #expect(scores["prior"] as? [String: Double] == ["left": 0.5, "right": 0.5])
    #expect(scores["clips"] as? Int == 5)
    let (before, after) = (scores["logLossBefore"] as? Double, scores["logLossAfter"] as? Double)
    #expect(try #require(after) <= #require(before))
    // The decisions between labels are those of before.
    let clips = ["evaluate", "--json", "--clips", folder.path("clips")]
    #expect(try Command(clips).output == Command(clips + ["--model", model]).output)
    // Once calibrated there is nothing left to change.
    #expect(try calibrate(["--model", model, "--clips", folder.path("clips")]).status == 0)
    let again = try #require(try Command(["inspect", "--json", model]).objects().first)
    let temperatures = try [scores, #require(again["scores"] as? [String: Any])].map {
      try #require($0["temperature"] as? Double)
    }
    #expect(abs(temperatures[0] / temperatures[1] - 1) < 1e-3)
  }

  @Test func `what cannot be calibrated is refused and changes nothing`() throws {
    let short = try folder.write(
      "short.wav", WaveFile.bytes([Float](repeating: 0, count: 4_000)))
    let (stream, truth) = (folder.path("words.wav"), folder.path("words.tsv"))
    let output = ["--output", folder.path("x.safetensors")]
    for (arguments, status, text) in [
      (["--background", short] + output, 64, "expected a --stream"),
      (["--stream", stream, "--truth", truth] + output, 64, "and a --background"),
      (["--stream", stream, "--truth", truth, "--background", short], 64, "--output: expected"),
      (
        ["--stream", stream, "--truth", truth, "--background", short] + output, 65,
        "every recording is shorter"
      ),
      (["--stream", stream, "--truth", truth, "--background", "none"] + output, 66, "none"),
      (
        ["--stream", stream, "--truth", truth, "--background", short, "--output", "/none/x"], 74,
        "/none/x"
      ),
    ] as [([String], Int32, String)] {
      let run = try Command(["calibrate"] + arguments)
      #expect(run.status == status, "\(arguments): \(run.error)")
      #expect(run.error.contains(text), "\(run.error)")
      #expect(!FileManager.default.fileExists(atPath: output[1]))
    }
  }
}
