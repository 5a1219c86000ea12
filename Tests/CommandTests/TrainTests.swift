// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct TrainTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  @Test func `a teacher's weight is refused without a teacher`() throws {
    let folder = try fixture.workingFolder("taught")
    let run = try Command(fixture.training(["--teacher-weight", "0.7"]), workingDirectory: folder)
    #expect(run.status == 64)
    #expect(run.error.contains("--teacher-weight 0.7: expected a --teacher"), "\(run.error)")
  }

  @Test func `a teacher and spliced speech are of the options that a run goes on with`() throws {
    let folder = try fixture.workingFolder("teaching")
    #expect(try Command(fixture.training(epochs: 4), workingDirectory: folder).status == 0)
    try FileManager.default.moveItem(
      atPath: "\(folder)/run.safetensors", toPath: "\(folder)/teacher.safetensors")
    let options = ["--teacher", "teacher.safetensors", "--spliced-speech", "0.5"]
    let run = try Command(fixture.training(epochs: 2, options), workingDirectory: folder)
    #expect(run.status == 0, "\(run.error)")
    for (changed, text) in [
      (
        ["--teacher", "teacher.safetensors"],
        "splicedSpeech 0.5 in the checkpoint, now splicedSpeech none"
      ),
      (["--spliced-speech", "0.5"], "distillation"),
      (options + ["--teacher-weight", "0.9"], "distillation"),
    ] {
      let resumed = try Command(
        fixture.training(epochs: 2, ["--resume"] + changed), workingDirectory: folder)
      #expect(resumed.status == 65)
      #expect(resumed.error.contains(text), "\(resumed.error)")
    }
  }

  @Test func `one seed gives one file, another seed another, whatever the threads`() throws {
    let runs = [["--seed", "5"], ["--seed", "5", "--threads", "1"], ["--seed", "6"]]
    var files: [Data] = []
    for (index, options) in runs.enumerated() {
      let folder = try fixture.workingFolder("run\(index)")
      let run = try Command(fixture.training(options), workingDirectory: folder)
      #expect(run.status == 0, "\(run.error)")
      #expect(run.output == "wrote run.safetensors\n")
      #expect(try fixture.names(folder) == ["run.safetensors"])
      files.append(try fixture.checkpoint(folder))
    }
    #expect(files[0] == files[1])
    #expect(files[0] != files[2])
  }

  @Test func `progress is one plain line per epoch where there is no terminal`() throws {
    let folder = try fixture.workingFolder("plain")
    let run = try Command(fixture.training(epochs: 4), workingDirectory: folder)
    let lines = run.error.split(separator: "\n")
    #expect(lines.count == 5)
    #expect(lines[0] == "tiny: 70 clips an epoch, 4 classes, epoch 0 of 4 done")
    for (index, line) in lines.dropFirst().enumerated() {
      #expect(line.hasPrefix("epoch \(index + 1)/4  loss "))
      #expect(line.contains("validation") && line.contains("clips/s") && line.hasSuffix(" left"))
    }
    #expect(!run.error.contains("\r") && !run.error.contains("\u{1B}"))
  }

  @Test func `a terminal shows a line that is rewritten within an epoch`() throws {
    let fixture = try TrainingFixture(clipCount: 400, channelCount: 256)
    let folder = try fixture.workingFolder("terminal")
    let run = try Command(
      script: #"script -qec "$(printf '%q ' "$KWS" "$@")" /dev/null"#,
      fixture.training(epochs: 2), workingDirectory: folder)
    #expect(run.status == 0)
    #expect(run.output.contains("\r\u{1B}[Kepoch 1/2  batch "))
    #expect(run.output.contains("wrote run.safetensors"))
  }

  @Test func `a checkpoint becomes a model that is evaluated and replayed`() throws {
    let folder = try fixture.workingFolder("model")
    #expect(try Command(fixture.training(epochs: 8), workingDirectory: folder).status == 0)
    let quantize = try Command(
      [
        "quantize", "run.safetensors", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no",
        "--output", "model.safetensors",
      ], workingDirectory: folder)
    #expect(quantize.status == 0, "\(quantize.error)")
    #expect(try fixture.names(folder) == ["model.safetensors", "run.safetensors"])
    // A quarter of 40 clips of two keywords, and a tenth of that of silence and unknown each.
    for kind in [
      "float, from reset", "float, in-stream", "integers, from reset", "integers, in-stream",
    ] {
      let line = try #require(quantize.lines.first { $0.contains(kind) })
      #expect(line.contains("of 24 clips"), "\(line)")
    }
    let inspect = try Command(["inspect", "--json", "model.safetensors"], workingDirectory: folder)
    try expectHandCount(#require(inspect.objects().first))

    for word in ["yes", "_silence_"] {
      try fixture.folder.write(
        "clips/\(word)/zero.wav", WaveFile.bytes([Float](repeating: 0, count: 16_000)))
    }
    let evaluate = try Command(
      ["evaluate", "--json", "--model", "model.safetensors", "--clips", "../clips"],
      workingDirectory: folder)
    let result = try #require(evaluate.objects().first)
    #expect(result["clips"] as? Int == 2)
    #expect(result["labels"] as? [String] == ["yes", "no", "_silence_", "_unknown_"])
    let replay = try Command(
      ["replay", "--model", "model.safetensors", Speech.path("Noise")], workingDirectory: folder)
    #expect(replay.status == 0)
  }

  /// What the network of eight channels must cost.
  private func expectHandCount(_ summary: [String: Any]) throws {
    // 40 inputs, 8 outputs, 3 frames; 97 frames hold 24 columns, a second of stream 25.
    let weights = 40 * 8 * 3
    #expect(summary["macPerWindow"] as? Int == weights * 24 + 8 * 4)
    #expect(summary["macPerSecond"] as? Double == Double(weights * 25 + 8 * 4 * 25))
    // One byte per weight, scale and bias of four bytes per output, five bytes for the
    // quantization of each layer's output but the last and of the input, and the normalization.
    let layers = 5 + (weights + 8 * 8 + 5) + 5 + (8 * 4 + 4 * 8)
    #expect(summary["modelBytes"] as? Int == layers + 5 + 40 * 8)
    let rows = try #require(summary["layers"] as? [[String: Any]])
    #expect(rows.map { $0["name"] as? String } == ["flat", "stem", "pool", "head"])
    #expect(rows.map { $0["weightBits"] as? Int } == [0, 8, 0, 8])
    #expect(rows.compactMap { $0["bytes"] as? Int } == [5, weights + 69, 5, 64])
    #expect(rows.compactMap { $0["macPerWindow"] as? Int } == [0, weights * 24, 0, 32])
    let commands = try #require(summary["commands"] as? [String])
    #expect(commands.count == 2)
    #expect(commands[0].hasPrefix("kws train ") && commands[1].hasPrefix("kws quantize "))
  }

  @Test func `a finished run is told to be finished and left as it is`() throws {
    let folder = try fixture.workingFolder("finished")
    #expect(try Command(fixture.training(), workingDirectory: folder).status == 0)
    let before = try fixture.checkpoint(folder)
    let run = try Command(fixture.training(["--resume"]), workingDirectory: folder)
    #expect(run.status == 0)
    #expect(run.output == "run.safetensors is finished already: it holds epoch 3 of 3\n")
    #expect(try fixture.checkpoint(folder) == before)
  }

  @Test func `a file that is there is replaced only if asked for`() throws {
    let folder = try fixture.workingFolder("there")
    #expect(try Command(fixture.training(), workingDirectory: folder).status == 0)
    let before = try fixture.checkpoint(folder)
    let refused = try Command(fixture.training(["--seed", "2"]), workingDirectory: folder)
    #expect(refused.status == 64)
    #expect(refused.output == "")
    #expect(
      refused.error
        == "kws: run.safetensors: is there already. Go on with it by --resume, replace it by "
        + "--overwrite, or name another file.\n")
    #expect(try fixture.checkpoint(folder) == before)
    let both = try Command(
      fixture.training(["--resume", "--overwrite"]), workingDirectory: folder)
    #expect(both.status == 64)
    #expect(try fixture.checkpoint(folder) == before)
    // What is replaced leaves no trace in what replaces it.
    let same = try Command(fixture.training(["--overwrite"]), workingDirectory: folder)
    #expect(same.status == 0 && same.output == "wrote run.safetensors\n")
    #expect(try fixture.checkpoint(folder) == before)
    let other = try Command(
      fixture.training(["--seed", "2", "--overwrite"]), workingDirectory: folder)
    #expect(other.status == 0)
    #expect(try fixture.checkpoint(folder) != before)
  }

  @Test func `a short run gets a short warm-up`() throws {
    let folder = try fixture.workingFolder("short")
    #expect(try Command(fixture.training(epochs: 1), workingDirectory: folder).status == 0)
  }
}

extension TrainingFixture {
  func training(_ more: [String]) -> [String] { training(epochs: 3, more) }
}
