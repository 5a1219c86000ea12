// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
import Testing

/// `kws quantize` from a checkpoint to a model, by every way there is.
@Suite struct QuantizeTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  private func quantize(_ arguments: [String], in folder: String) throws -> Command {
    try Command(
      [
        "quantize", "run.safetensors", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no",
      ] + arguments, workingDirectory: folder)
  }

  private func trained(_ name: String, _ options: [String] = []) throws -> String {
    let folder = try fixture.workingFolder(name)
    let train = try Command(fixture.training(epochs: 6, options), workingDirectory: folder)
    #expect(train.status == 0, "\(train.error)")
    return folder
  }

  private func inspect(_ folder: String) throws -> [String: Any] {
    let inspect = try Command(["inspect", "--json", "m.safetensors"], workingDirectory: folder)
    return try #require(inspect.objects().first)
  }

  private func weightBits(_ folder: String) throws -> [Int?] {
    let rows = try #require(try inspect(folder)["layers"] as? [[String: Any]])
    return rows.map { $0["weightBits"] as? Int }
  }

  @Test func `training on with two bits writes a model of two bits, and goes on after a stop`()
    throws
  {
    let folder = try trained("qat")
    let options = [
      "--method", "qat", "--weight-bits", "2", "--epochs", "3", "--accept-loss", "--output",
      "m.safetensors",
    ]
    let run = try quantize(options, in: folder)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains("simulation and integers decide alike on 100.00 % of 24 clips"))
    #expect(try weightBits(folder) == [0, 2, 0, 2])
    let commands = try #require(try inspect(folder)["commands"] as? [String])
    #expect(commands.count == 2 && commands[1].contains("--method qat"))
    // A finished training is only turned into integers again.
    let model = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/m.safetensors"))
    let again = try quantize(options + ["--resume"], in: folder)
    #expect(again.status == 0, "\(again.error)")
    #expect(!again.error.contains("epoch 3/3  loss"))
    #expect(
      try Data(contentsOf: URL(fileURLWithPath: "\(folder)/m.safetensors")).count == model.count)
    let replay = try Command(
      ["replay", "--model", "m.safetensors", Speech.path("Noise")], workingDirectory: folder)
    #expect(replay.status == 0, "\(replay.error)")
  }

  @Test func `a checkpoint of simulated integers becomes the integers that it was trained with`()
    throws
  {
    let folder = try trained("trained", ["--weight-bits", "3,8", "--activation-bits", "4"])
    let run = try quantize(["--accept-loss", "--output", "m.safetensors"], in: folder)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output.contains("validation, simulated, from reset"))
    #expect(run.output.contains("simulation and integers decide alike on 100.00 % of 24 clips"))
    #expect(try weightBits(folder) == [0, 3, 0, 8])
  }

  @Test func `a checkpoint of simulated integers is evaluated with them`() throws {
    let folder = try trained("simulated", ["--weight-bits", "1", "--activation-bits", "4"])
    let run = try quantize(["--accept-loss", "--output", "m.safetensors"], in: folder)
    #expect(run.status == 0, "\(run.error)")
    let evaluate = try Command(
      [
        "evaluate", "--data", "log-mel=\(fixture.data)", "--model", "run.safetensors",
      ], workingDirectory: folder)
    let line = try #require(evaluate.lines.first, "\(evaluate.error)")
    let part = try #require(line.split(separator: ": ").last?.split(separator: "%").first)
    #expect(
      run.output.contains("validation, simulated, from reset: \(part)%"), "\(evaluate.output)")
  }

  @Test func `a set smaller than a batch tells what layers cost, too`() throws {
    let folder = try trained("small", ["--batch", "50"])
    let run = try quantize(
      ["--weight-bits", "1", "--accept-loss", "--output", "m.safetensors", "--report", "out"],
      in: folder)
    #expect(run.status == 0, "\(run.error)")
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/report.json"))
    let report = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.contains { $0["nats"] as? Double ?? 0 > 0 }, "\(layers)")
  }

  @Test(arguments: [
    ("configuration", "\"batchSize\":10", "\"batchSize\":0", "batch size: 0, expected 2 to 10000"),
    (
      "configuration", "\"weights\":[0,8,0,8]", "\"weights\":[0,8]",
      "flat, stem, pool, head can have"
    ),
    ("configuration", "\"weights\":[0,8,0,8]", "\"weights\":[0,8,0,7]", "found [0, 8, 0, 7]"),
    ("data", "\"timeMaskCount\":2", "\"timeMaskCount\":-1", "masks along time: -1, expected 0 to"),
    ("data", "\"frequencyMaskWidth\":5", "\"frequencyMaskWidth\":-9", "bins of a mask: -9"),
  ])
  func `options that no training has are refused`(
    key: String, from: String, to: String, text: String
  ) throws {
    let folder = try trained("options", ["--weight-bits", "8"])
    var checkpoint = try Checkpoint(reading: Array(fixture.checkpoint(folder)))
    let options = try #require(checkpoint.state[key])
    try #require(options.contains(from), "\(options)")
    checkpoint.state[key] = options.replacingOccurrences(of: from, with: to)
    try fixture.folder.write("options/run.safetensors", checkpoint.encoded())
    let run = try quantize(["--output", "m.safetensors"], in: folder)
    #expect(run.status == 65, "\(run.error)")
    #expect(
      run.error.hasPrefix("kws: run.safetensors: the options of its training: "), "\(run.error)")
    #expect(run.error.contains(text), "\(run.error)")
  }

  @Test func `bytes choose bits that fit, and are told to be too few`() throws {
    let folder = try trained("bytes")
    let run = try quantize(
      ["--bytes", "1.1e3", "--accept-loss", "--output", "m.safetensors"], in: folder)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines.first?.hasPrefix("--weight-bits ") == true)
    let bytes = try #require(try inspect(folder)["modelBytes"] as? Int)
    #expect(bytes <= 1100)
    let few = try quantize(["--bytes", "300", "--output", "n.safetensors"], in: folder)
    #expect(few.status == 64)
    #expect(few.error.contains("--bytes 300: this network takes "))
    #expect(try !fixture.names(folder).contains("n.safetensors"))
  }

  @Test func `a budget that would do for eight bits gets them, and the report names every layer`()
    throws
  {
    let folder = try trained("report")
    let run = try quantize(
      [
        "--bytes", "1e6", "--accept-loss", "--output", "m.safetensors", "--report", "out",
      ], in: folder)
    #expect(run.status == 0, "\(run.error)")
    // What the clips measure as no cost does not take bits away.
    #expect(try weightBits(folder) == [0, 8, 0, 8])
    #expect(run.lines.suffix(1) == ["wrote out/report.html"])
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/out/report.json"))
    let report = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    #expect(report["bytes"] as? Int == (try inspect(folder)["modelBytes"] as? Int))
    let layers = try #require(report["layers"] as? [[String: Any]])
    #expect(layers.map { $0["bits"] as? Int } == [8, 8])
    let integers = try #require(report["integers"] as? [String: Int])
    let right = try #require(integers["correctFromReset"])
    let part = String(format: "%.2f %%", 100 * Double(right) / 24)
    #expect(run.output.contains("validation, integers, from reset: \(part)"))
    let page = try String(contentsOfFile: "\(folder)/out/report.html", encoding: .utf8)
    #expect(page.contains("What rounding the weights of one layer alone costs"))
    let refused = try quantize(
      [
        "--weight-bits", "1", "--activation-bits", "4", "--max-loss", "0", "--output", "n",
        "--report", "none",
      ], in: folder)
    #expect(refused.status == 65, "\(refused.output)")
    #expect(try fixture.names("\(folder)/none").isEmpty)
  }

  @Test func `a model that loses too much is not written unless that is accepted`() throws {
    let folder = try trained("gate")
    // A loss may be negative, but not below minus all; at 0 points one bit of such a stem loses.
    let options = [
      "--weight-bits", "1", "--activation-bits", "4", "--max-loss", "0", "--output",
      "m.safetensors",
    ]
    let refused = try quantize(options, in: folder)
    #expect(refused.status == 65, "\(refused.output)")
    #expect(refused.error.contains("points of validation accuracy; --max-loss allows 0.00"))
    #expect(try fixture.names(folder) == ["run.safetensors"])
    let accepted = try quantize(options + ["--accept-loss"], in: folder)
    #expect(accepted.status == 0, "\(accepted.error)")
    #expect(try weightBits(folder) == [0, 1, 0, 1])
  }

  @Test func `the paper's rounding is evaluated and writes nothing`() throws {
    let folder = try trained("paper")
    let run = try quantize(["--rounding", "paper", "--weight-bits", "8,1"], in: folder)
    #expect(run.status == 0, "\(run.error)")
    #expect(run.lines.count == 4)
    #expect(run.output.contains("paper's rounding to 1 bits, in-stream"))
    #expect(try fixture.names(folder) == ["run.safetensors"])
  }

  @Test(
    arguments: [
      (["--weight-bits", "7"], "--weight-bits: expected 1, 2, 3, 4, 5, 6 or 8, found 7"),
      (["--weight-bits", "8,8,8"], "one for each layer with weights (stem, head), found 3"),
      (["--activation-bits", "5"], "--activation-bits: expected 4 or 8, found 5"),
      (["--bytes", "2e3", "--weight-bits", "8"], "--bytes: expected"),
      (["--method", "trained", "--weight-bits", "8"], "--method trained"),
      (["--rounding", "paper"], "writes no model"),
      (["--method", "trained"], "is of a training in real numbers"),
    ])
  func `wrong bits are told with what was expected`(options: [String], text: String) throws {
    let folder = try trained("wrong")
    let run = try quantize(options + ["--output", "m.safetensors"], in: folder)
    #expect(run.status == (options == ["--method", "trained"] ? 65 : 64))
    #expect(run.error.contains(text), "\(run.error)")
    #expect(try fixture.names(folder) == ["run.safetensors"])
  }
}
