// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
import Testing

/// `kws evaluate --data`: the validation clips of a data source.
@Suite struct EvaluateDataTests {
  private let fixture: TrainingFixture
  private let folder: String

  /// A trained network as checkpoint `run.safetensors` and model `m.safetensors`.
  init() throws {
    fixture = try TrainingFixture()
    folder = try fixture.workingFolder("evaluate")
    for arguments in [
      fixture.training(epochs: 2),
      [
        "quantize", "run.safetensors", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no",
        "--accept-loss", "--output", "m.safetensors",
      ],
    ] {
      let run = try Command(arguments, workingDirectory: folder)
      #expect(run.status == 0, "\(run.error)")
    }
  }

  private func evaluate(_ arguments: [String]) throws -> Command {
    try Command(
      ["evaluate", "--data", "log-mel=\(fixture.data)"] + arguments, workingDirectory: folder)
  }

  private func object(_ arguments: [String]) throws -> [String: Any] {
    let run = try evaluate(["--json"] + arguments)
    #expect(run.status == 0, "\(run.error)")
    return try #require(run.objects().first)
  }

  @Test func `says the same as what quantization stored of checkpoint and model`() throws {
    let stored = try Command(["inspect", "m.safetensors"], workingDirectory: folder).output
    for (file, kind) in [("run", "float"), ("m", "integers")] {
      for (options, start) in [([], "from reset"), (["--in-stream"], "in-stream")] {
        let run = try evaluate(["--model", "\(file).safetensors"] + options)
        let accuracy = try #require(run.lines.first?.split(separator: "(").first)
        let text = accuracy.drop { $0 != ":" }.dropFirst()
          .trimmingCharacters(in: .whitespaces)
        #expect(accuracy.hasPrefix("accuracy \(start): "))
        #expect(
          stored.contains("validation, \(kind), \(start): \(text)"), "\(accuracy), \(stored)")
      }
    }
  }

  @Test func `checkpoint and model are compared clip by clip, whatever the order of labels`() throws
  {
    let path = folder + "/m.safetensors"
    let plain = try object(["--model", path])
    let counts = try #require(plain["confusion"] as? [[Int]])
    // Two words change places among the labels, and with them what each output is called.
    var model = try QuantizedModel(
      reading: [UInt8](Data(contentsOf: URL(fileURLWithPath: path))))
    model.labels.swapAt(0, 1)
    let swapped = try fixture.folder.write("swapped.safetensors", model.encoded())
    let comparison = try #require(
      try object(["--model", path, "--compare", swapped])["comparison"] as? [String: Any])
    let same = counts[2][2] + counts[3][3]
    #expect(comparison["correct"] as? Int == counts[0][1] + counts[1][0] + same)
    #expect(comparison["rightOnlyHere"] as? Int == counts[0][0] + counts[1][1])
    #expect(comparison["rightOnlyThere"] as? Int == counts[0][1] + counts[1][0])
    #expect(counts[0][0] + counts[1][1] > 0)
    let float = try object(["--model", path, "--compare", "run.safetensors"])
    #expect((float["comparison"] as? [String: Any])?["pairs"] as? Int == plain["clips"] as? Int)
  }

  @Test func `validation clips and recordings are counted together`() throws {
    let clips = folder + "/clips"
    try fixture.folder.write("evaluate/clips/_silence_/zero.wav", WaveFile.bytes([0, 0, 0]))
    let alone = try object(["--model", "m.safetensors"])
    let both = try object(["--model", "m.safetensors", "--clips", clips])
    #expect(both["clips"] as? Int == (alone["clips"] as? Int).map { $0 + 1 })
  }

  @Test func `what does not fit is refused with what to do`() throws {
    for (arguments, status, text) in [
      (["--report", "page"], Int32(64), "leave out --data"),
      (["--background", "x"], 64, "evaluated apart"),
      (["--gain", "3"], 64, "expected --clips, and no --data"),
      (["--in-stream", "--compare", "x"], 64, "leave out one of the three"),
      (["--threshold", "0.5"], 64, "whatever the thresholds"),
      ([], 65, "no training clips of 'up'"),
    ] {
      let run = try evaluate(arguments)
      #expect(run.status == status && run.output == "", "\(arguments) \(run.error)")
      #expect(run.error.contains(text), "\(arguments) \(run.error)")
    }
    let nonsense = try Command(["evaluate", "--data", "nonsense"])
    #expect(nonsense.status == 64 && nonsense.error.contains("expected log-mel=DIR"))
  }
}
