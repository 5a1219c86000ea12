// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BadTrainingInputTests {
  private let fixture: TrainingFixture
  private let folder: String

  init() throws {
    fixture = try TrainingFixture()
    folder = try fixture.workingFolder("work")
  }

  /// Runs, and checks that a refusal leaves nothing behind.
  private func refusal(_ arguments: [String], _ status: Int32, says texts: [String]) throws {
    let names = try fixture.names(folder)
    let run = try Command(arguments, workingDirectory: folder)
    #expect(run.status == status, "\(run.error)")
    #expect(run.output == "")
    let line = run.error.split(separator: "\n").last ?? ""
    #expect(line.hasPrefix("kws: "), "\(run.error)")
    for text in texts { #expect(line.contains(text), "\(run.error)") }
    #expect(try fixture.names(folder) == names)
  }

  private func training(data: String, _ more: [String] = []) -> [String] {
    ["train", "--data", data, "--output", "run.safetensors", "--epochs", "2"] + more
  }

  @Test func `a data set that is not there, or broken, is refused`() throws {
    try refusal(training(data: "log-mel=none"), 66, says: ["none/", "no such file"])
    let broken = fixture.folder.path("broken")
    try FileManager.default.copyItem(atPath: fixture.data, toPath: broken)
    let container = broken + "/log-mel.safetensors"
    let bytes = try Data(contentsOf: URL(fileURLWithPath: container))
    try bytes.dropLast(1000).write(to: URL(fileURLWithPath: container))
    try refusal(training(data: "log-mel=\(broken)"), 65, says: [container])
    try bytes.write(to: URL(fileURLWithPath: container))
    try Data("row\tword\tname\tsplit\n999999\tyes\tx\ttraining\n".utf8)
      .write(to: URL(fileURLWithPath: broken + "/clips.tsv"))
    try refusal(training(data: "log-mel=\(broken)"), 65, says: ["clips.tsv", "line 2", "row"])
  }

  @Test func `a word that the data do not have is named`() throws {
    try refusal(
      training(data: "log-mel=\(fixture.data)", ["--keywords", "yes,zebra"]), 65,
      says: [fixture.data, "'zebra'", "--keywords"])
    try refusal(
      training(data: "log-mel=\(fixture.data)", ["--keywords", "yes,no", "--hop", "100"]), 65,
      says: ["hop"])
  }

  @Test(arguments: ["65536", "20000", "513", "0", "-160"])
  func `a hop past the window is refused by name`(hop: String) throws {
    for kind in ["log-mel", "recordings"] {
      let run = try Command(
        training(data: "\(kind)=\(fixture.data)", ["--hop=\(hop)"]), workingDirectory: folder)
      #expect(run.status == 64)
      #expect(run.error.contains("--hop \(hop): expected 1 to 512"), "\(run.error)")
    }
  }

  @Test func `an output that cannot be written is refused before the training`() throws {
    let file = try fixture.folder.write("file", [1])
    for (output, text) in [
      ("none/run.safetensors", "kws: none/run.safetensors: cannot be written: its folder"),
      (file + "/run.safetensors", file + "/run.safetensors: create failed: Not a directory"),
      (fixture.folder.root, fixture.folder.root + ": is a directory"), ("", "--output"),
    ] {
      var arguments = fixture.training()
      arguments[arguments.firstIndex(of: "run.safetensors")!] = output
      let run = try Command(arguments, workingDirectory: folder)
      #expect([64, 66, 74].contains(run.status))
      #expect(run.error.contains(text), "\(run.error)")
      #expect(!run.error.contains("epoch 1/"))
    }
    #expect(try fixture.names(folder).isEmpty)
  }

  @Test func `an architecture file that does not fit is refused with the field`() throws {
    let good = TrainingFixture.architecture(channelCount: 8)
    for (from, to, text) in [
      ("\"outputs\": 4", "\"outputs\": 5", "outputs of the last layer is 5, expected 4"),
      ("\"coefficientCount\": 40", "\"coefficientCount\": 30", "coefficientCount is 30"),
      ("\"windowFrameCount\": 97", "\"windowFrameCount\": 49", "windowFrameCount is 49"),
      ("\"dense\"", "\"densse\"", "layers[3].operation"),
      ("\"activation\": \"relu\"", "\"activated\": \"relu\"", "layers[1] has no 'activation'"),
      ("\"stride\": [4, 1]", "\"stride\": [4, \"x\"]", "layers[1].operation.stride[1]"),
      ("\"stride\": [4, 1]", "\"stride\": [0, 1]", "stride"),
      ("\"kernel\": [3, 1]", "\"kernel\": [3, 256]", "kernel frequency is 256, expected 1 to 255"),
      ("]}", "]", "no valid JSON"),
    ] {
      let path = try fixture.folder.write(
        "bad.json", Array(good.replacingOccurrences(of: from, with: to).utf8))
      try refusal(
        fixture.training(["--architecture", path]), 65, says: [text])
    }
    try refusal(fixture.training(["--architecture", "none.json"]), 66, says: ["none.json"])
    try refusal(fixture.training(["--architecture", "huge"]), 64, says: ["huge", "temporal-64"])
  }

  @Test func `a checkpoint is no model, and a model no checkpoint`() throws {
    #expect(try Command(fixture.training(), workingDirectory: folder).status == 0)
    let data = ["--data", "log-mel=\(fixture.data)"]
    try refusal(
      ["replay", "--model", "run.safetensors", Speech.path("Noise")], 65,
      says: ["run.safetensors", "This is a checkpoint", "'kws quantize'"])
    try refusal(["inspect", "run.safetensors"], 65, says: ["'kws quantize'"])
    let output = ["--output", "model.safetensors"]
    try refusal(["quantize", "none"] + data + output, 66, says: ["none", "no such file"])
    try refusal(
      ["quantize", "run.safetensors", "--keywords", "no,yes"] + data + output, 65,
      says: ["run.safetensors", "--keywords"])
    let quantize = ["quantize", "run.safetensors", "--keywords", "yes,no"] + data
    let full = try Command(
      script: #"ulimit -f 1; exec "$KWS" "$@""#, quantize + output, workingDirectory: folder)
    #expect(full.status == 74)
    #expect(try fixture.names(folder) == ["run.safetensors"])
    #expect(try Command(quantize + output, workingDirectory: folder).status == 0)
    try refusal(
      ["quantize", "model.safetensors", "--keywords", "yes,no"] + data + ["--output", "other"], 65,
      says: ["model.safetensors", "This is a model"])
  }

  @Test func `a checkpoint with a changed byte is refused`() throws {
    #expect(try Command(fixture.training(), workingDirectory: folder).status == 0)
    let bytes = try Array(fixture.checkpoint(folder))
    for offset in stride(from: 3, to: bytes.count, by: bytes.count / 12) {
      var damaged = bytes
      damaged[offset] ^= 4
      try Data(damaged).write(to: URL(fileURLWithPath: folder + "/run.safetensors"))
      try refusal(fixture.training(["--resume"]), 65, says: ["run.safetensors"])
    }
  }
}
