// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// Networks and options that models are compared with, from training to decisions.
@Suite struct ComparisonNetworkTests {
  private let fixture: TrainingFixture

  init() throws {
    fixture = try TrainingFixture()
    for word in ["yes", "_silence_"] {
      try fixture.folder.write(
        "clips/\(word)/zero.wav", WaveFile.bytes([Float](repeating: 0, count: 16_000)))
    }
  }

  private func evaluate(_ file: String, in folder: String, _ options: [String]) throws -> Data {
    let run = try Command(
      ["evaluate", "--json", "--model", file, "--clips", "../clips"] + options,
      workingDirectory: folder)
    #expect(run.status == 0, "\(run.error)")
    return Data(run.output.utf8)
  }

  @Test func `a broadcasted residual network goes all the way to integers`() throws {
    let folder = try fixture.workingFolder("broadcasted")
    let train = try Command(
      [
        "train", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no", "--batch", "10",
        "--architecture", "bc-resnet-1", "--epochs", "1", "--augmentation", "light", "--output",
        "run.safetensors",
      ], workingDirectory: folder)
    #expect(train.status == 0, "\(train.error)")
    let quantize = try Command(
      [
        "quantize", "run.safetensors", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no",
        "--calibration-batches", "1", "--output", "model.safetensors",
      ], workingDirectory: folder)
    #expect(quantize.status == 0, "\(quantize.error)")
    let inspect = try Command(["inspect", "model.safetensors"], workingDirectory: folder)
    #expect(inspect.output.contains("depthwise 1x3, 5 bands"))
    #expect(inspect.output.contains("sum with stage1.block2.pointwise, stage1.block1.sum, relu"))
    let replay = try Command(
      ["replay", "--model", "model.safetensors", Speech.path("Noise")], workingDirectory: folder)
    #expect(replay.status == 0, "\(replay.error)")
  }

  @Test func `a checkpoint is evaluated as a model is`() throws {
    let folder = try fixture.workingFolder("checkpoint")
    #expect(try Command(fixture.training(epochs: 2), workingDirectory: folder).status == 0)
    for options in [[], ["--in-stream"]] {
      let json = try evaluate("run.safetensors", in: folder, options)
      let object = try #require(
        JSONSerialization.jsonObject(with: json) as? [String: Any])
      #expect(object["clips"] as? Int == 2)
      #expect(object["labels"] as? [String] == ["yes", "no", "_silence_", "_unknown_"])
    }
  }

  @Test func `training on simulated integers says so, and goes on after a stop`() throws {
    let whole = try fixture.workingFolder("whole")
    let simulating = fixture.training(epochs: 3, ["--weight-bits", "8"])
    #expect(try Command(simulating, workingDirectory: whole).status == 0)
    let bytes = try fixture.checkpoint(whole)
    #expect(bytes.range(of: Data("validation, integers simulated, from reset".utf8)) != nil)
    #expect(bytes.range(of: Data("quantization.logRange.stem".utf8)) != nil)

    // Without the flag it is another training.
    let refused = try Command(fixture.training(epochs: 3, ["--resume"]), workingDirectory: whole)
    #expect(refused.status != 0)
    #expect(refused.error.contains("bitWidths"), "\(refused.error)")
    let plain = try fixture.workingFolder("plain")
    #expect(try Command(fixture.training(epochs: 3), workingDirectory: plain).status == 0)
    #expect(try fixture.checkpoint(plain) != bytes)
  }
}
