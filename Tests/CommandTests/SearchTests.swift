// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite(.serialized) struct SearchTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  /// A search of seconds: narrow, of few epochs, with a training of one.
  private func search(_ more: [String] = [], output: String = "found") -> [String] {
    [
      "search", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no", "--batch", "10",
      "--width", "0.25", "--warm-up-epochs", "1", "--epochs", "3", "--held-out", "40",
      "--train-epochs", "1", "--output", output,
    ] + more
  }

  private func bytes(_ folder: String, _ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(folder)/found/\(name)"))
  }

  @Test func `a search keeps its limits and leaves a network, its training and a report`() throws {
    let folder = try fixture.workingFolder("limits")
    let run = try Command(
      search(["--target", "macs=0.3e6,bytes=4500"]), workingDirectory: folder)
    try #require(run.status == 0, "\(run.error)")
    #expect(run.output.contains("wrote found/trained.safetensors, found/report.html"))
    let result = try JSONSerialization.jsonObject(with: bytes(folder, "result.json"))
    let point = try #require((result as? [String: Any])?["point"] as? [String: Any])
    #expect(try #require(point["macs"] as? Double) <= 0.3e6)
    #expect(try #require(point["bytes"] as? Double) <= 4500)
    let epochs = String(decoding: try bytes(folder, "epochs.jsonl"), as: UTF8.self)
    #expect(epochs.split(separator: "\n").count == 4)
    let page = String(decoding: try bytes(folder, "report.html"), as: UTF8.self)
    #expect(page.contains("time8") && page.contains("<svg"))
    for start in ["inherited", "scratch"] {
      let report = try JSONSerialization.jsonObject(with: bytes(folder, "\(start)/report.json"))
      #expect(((report as? [String: Any])?["epochs"] as? [Any])?.count == 1)
      let training = String(decoding: try bytes(folder, "\(start)/report.html"), as: UTF8.self)
      #expect(training.contains("kws search --data") && training.contains("1 of 1 epochs"))
    }
    // The architecture trains by itself, too.
    let trained = try Command(
      [
        "train", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no", "--batch", "10",
        "--architecture", "found/architecture.json", "--epochs", "1", "--output",
        "again.safetensors",
      ], workingDirectory: folder)
    #expect(trained.status == 0, "\(trained.error)")
    // What inference needs of it is what the search counted.
    let quantized = try Command(
      [
        "quantize", "found/trained.safetensors", "--data", "log-mel=\(fixture.data)",
        "--keywords", "yes,no", "--max-loss", "100", "--output", "model.safetensors",
      ], workingDirectory: folder)
    #expect(quantized.status == 0, "\(quantized.error)")
    let model = try Command(["inspect", "model.safetensors"], workingDirectory: folder)
    #expect(
      model.output.contains("model bytes   \(Int(point["bytes"] as? Double ?? 0))\n"),
      "\(model.output)")
  }

  @Test func `a search that was killed and resumed equals one that was not, byte for byte`() throws
  {
    let whole = try fixture.workingFolder("whole")
    let run = try Command(search(), workingDirectory: whole)
    try #require(run.status == 0, "\(run.error)")
    let killed = try fixture.workingFolder("killed")
    let cut = try Command(
      script: """
        "$KWS" "$@" 2> ../search-error &
        for i in {1..6000}; do
          grep -q '^epoch 2/' ../search-error && break
          sleep 0.01
        done
        kill -KILL $!
        wait $!
        """, search(), workingDirectory: killed)
    #expect(cut.status == 128 + 9)
    let refused = try Command(search(), workingDirectory: killed)
    #expect(refused.status == 64)
    #expect(refused.error.contains("holds a search already"))
    let resumed = try Command(search(["--resume"]), workingDirectory: killed)
    try #require(resumed.status == 0, "\(resumed.error)")
    #expect(!resumed.error.contains("epoch 0 of 4 done"))
    for name in ["search.safetensors", "architecture.json", "trained.safetensors", "result.json"] {
      #expect(try bytes(killed, name) == bytes(whole, name), "\(name)")
    }
  }

  @Test func `a training that lies in the folder is not taken for that of a new search`() throws {
    let folder = try fixture.workingFolder("stale")
    try FileManager.default.createDirectory(
      atPath: "\(folder)/found", withIntermediateDirectories: true)
    let path = URL(fileURLWithPath: "\(folder)/found/inherited.safetensors")
    try Data("of another search".utf8).write(to: path)
    let refused = try Command(search(), workingDirectory: folder)
    #expect(refused.status == 64)
    #expect(refused.error.contains("holds a search already"), "\(refused.error)")
    #expect(try Data(contentsOf: path) == Data("of another search".utf8))
  }

  @Test func `a broken checkpoint is told as what it is`() throws {
    let folder = try fixture.workingFolder("broken")
    try FileManager.default.createDirectory(
      atPath: "\(folder)/found", withIntermediateDirectories: true)
    try Data("no model".utf8).write(
      to: URL(fileURLWithPath: "\(folder)/found/search.safetensors"))
    let run = try Command(search(["--resume"]), workingDirectory: folder)
    #expect(run.status == 65)
    #expect(run.error.contains("found/search.safetensors: "), "\(run.error)")
    #expect(!run.error.contains("cannot resume"), "\(run.error)")
  }

  @Test func `a sweep runs every combination once and draws the front`() throws {
    let folder = try fixture.workingFolder("sweep")
    let arguments = search(["--sweep", "beta=1,400", "--sweep", "seed=1,2"])
    let run = try Command(arguments, workingDirectory: folder)
    try #require(run.status == 0, "\(run.error)")
    let front = try JSONSerialization.jsonObject(with: bytes(folder, "front.json"))
    let points = try #require(front as? [[String: Any]])
    #expect(
      points.compactMap { $0["name"] as? String } == [
        "beta=1,seed=1", "beta=1,seed=2", "beta=400,seed=1", "beta=400,seed=2",
      ])
    #expect(
      String(decoding: try bytes(folder, "front.html"), as: UTF8.self).contains("BC-ResNet-1"))
    let again = try Command(arguments, workingDirectory: folder)
    #expect(again.status == 0)
    #expect(again.error.components(separatedBy: ": done (").count == 5, "\(again.error)")
  }

  @Test func `a network drawn at random keeps the limit and is trained from scratch`() throws {
    let folder = try fixture.workingFolder("random")
    let run = try Command(
      search(["--strategy", "random", "--target", "bytes=4500"]), workingDirectory: folder)
    try #require(run.status == 0, "\(run.error)")
    let result = try JSONSerialization.jsonObject(with: bytes(folder, "result.json"))
    let point = try #require((result as? [String: Any])?["point"] as? [String: Any])
    #expect((4275...4500).contains(try #require(point["bytes"] as? Double)))
    #expect(run.output.contains("scratch: validation from reset"))
  }

  @Test(arguments: [
    (["--target", "macs"], "expected a cost and its limit"),
    (["--target", "macs=10"], "the networks of this space cost"),
    (["--target", "watts=3"], "costs are macs, stream-macs, bytes, latency"),
    (["--width", "0"], "expected 0.1 to 16"),
    (["--sweep", "beta"], "expected an option and its values"),
    (["--sweep", "output=a,b"], "cannot be swept"),
    (["--sweep", "colour=red,green"], "colour"),
    (["--held-out", "90"], "held-out percent"),
    (["--target", "latency=3"], "kws profile"),
  ]) func `bad options are refused with what would be right`(
    _ more: [String], _ text: String
  ) throws {
    let folder = try fixture.workingFolder("bad")
    let run = try Command(search(more), workingDirectory: folder)
    #expect(run.status == 64, "\(run.error)")
    #expect(run.error.contains(text), "\(run.error)")
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/found/search.safetensors"))
  }

  @Test func `measured layers tell what networks take`() throws {
    let folder = try fixture.workingFolder("profile")
    let run = try Command(
      ["profile", "--width", "0.25", "--labels", "4", "--output", "profile.json"],
      workingDirectory: folder)
    try #require(run.status == 0, "\(run.error)")
    #expect(run.output.contains("random network 10"))
    let found = try Command(
      search(["--target", "latency=1000", "--profile", "profile.json"]), workingDirectory: folder)
    #expect(found.status == 0, "\(found.error)")
    #expect(found.output.contains("latency  "))
    // A space with other layers would count them as nothing.
    let other = try Command(
      search(
        ["--width", "0.5", "--target", "latency=1000", "--profile", "profile.json"],
        output: "other"), workingDirectory: folder)
    #expect(other.status == 65)
    #expect(other.error.contains("has no time for a layer"), "\(other.error)")
    let broken = try Command(
      search(["--target", "latency=1", "--profile", "found/architecture.json"], output: "other"),
      workingDirectory: folder)
    #expect(broken.status == 65)
    #expect(broken.error.contains("no table of times"))
  }
}
