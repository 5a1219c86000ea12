// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite struct BadModelTests {
  private let folder: TemporaryFolder
  private let model: [UInt8]
  private let speech: String

  init() throws {
    folder = try TemporaryFolder()
    model = Array(
      try Data(contentsOf: URL(filePath: SourceTree.root + "models/default.safetensors")))
    speech = try Speech.path("Front_Left")
  }

  /// Every command that reads a model refuses this one with its path.
  private func refusal(_ path: String, _ status: Int32, says text: String) throws {
    for arguments in [
      ["replay", "--model", path, speech], ["inspect", path], ["inspect", "--json", path],
    ] {
      let run = try Command(arguments)
      #expect(run.status == status)
      #expect(run.output == "")
      #expect(run.error.hasPrefix("kws: \(path): "))
      #expect(run.error.contains(text), "\(run.error)")
    }
  }

  @Test func `what is no model is refused by name`() throws {
    try refusal(folder.path("none"), 66, says: "no such file. Check the path.")
    try refusal(folder.root, 66, says: "is a directory, expected a file")
    try refusal(folder.write("empty", []), 65, says: "should end at byte 8, but the file has 0")
    try refusal(
      folder.write("text", Array("This is no model, but a text of some length.\n".utf8)), 65,
      says: "Get the file anew")
    try refusal(speech, 65, says: "Get the file anew")
  }

  @Test func `the file in models is the built-in model`() throws {
    let file = try Command(["inspect", SourceTree.root + "models/default.safetensors"])
    #expect(file.status == 0)
    #expect(file.output == (try Command(["inspect"])).output)
  }

  @Test func `a model that is cut off anywhere is refused`() throws {
    for count in [1, 7, 8, 9, 100, model.count / 5, model.count / 2, model.count - 1] {
      let path = try folder.write("cut-\(count)", Array(model[..<count]))
      let run = try Command(["replay", "--model", path, speech])
      #expect(run.status == 65, "cut at \(count)")
      #expect(run.output == "")
      #expect(run.error.hasPrefix("kws: \(path): "))
    }
    let longer = try folder.write("longer", model + [0])
    #expect(try Command(["inspect", longer]).status == 65)
  }

  @Test func `a model with a changed byte is refused wherever it is`() throws {
    var offsets = Array(0..<8) + [8, 9, model.count - 1]
    offsets += stride(from: 50, to: model.count, by: model.count / 30)
    for offset in offsets {
      var bytes = model
      bytes[offset] ^= 1 << UInt8(offset % 8)
      let path = try folder.write("flipped-\(offset)", bytes)
      let run = try Command(["replay", "--model", path, speech])
      #expect(run.status == 65, "byte \(offset)")
      #expect(run.output == "")
      #expect(run.error.hasPrefix("kws: \(path): "))
    }
  }
}
