// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Foundation
import Testing

@Suite final class ClipFolderTests {
  private let root =
    FileManager.default.temporaryDirectory.path + "/kws-evaluation-tests-" + UUID().uuidString

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// Makes empty files: a listing looks at names only.
  private func make(_ names: [String]) throws {
    for name in names {
      let url = URL(fileURLWithPath: root + "/" + name)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data().write(to: url)
    }
  }

  @Test func `recordings come by class and name, with the place of their class in the model`()
    throws
  {
    try make([
      "yes/b.wav", "yes/a.FLAC", "no/c.opus", "no/d.mp3", "no/e.ogg", "no/.hidden.wav",
      "no/notes.txt", "no/wav", "top.wav",
    ])
    let folder = try ClipFolder(path: root, labels: ["yes", "other", "no"])
    #expect(
      folder.clips.map { "\($0.path.dropFirst(root.count)) \($0.label)" } == [
        "/no/c.opus 2", "/no/d.mp3 2", "/no/e.ogg 2", "/yes/a.FLAC 0", "/yes/b.wav 0",
      ])
    #expect(folder.ignoredFolders == [])
  }

  @Test func `a background is all recordings of a folder and its folders, also through a link`()
    throws
  {
    try make(["noise/rain/b.wav", "noise/a.flac", "noise/readme.txt"])
    try FileManager.default.createSymbolicLink(
      atPath: root + "/link", withDestinationPath: root + "/noise")
    for name in ["noise", "link"] {
      let path = "\(root)/\(name)"
      #expect(
        try BackgroundFolder.recordings(at: path) == ["\(path)/a.flac", "\(path)/rain/b.wav"])
    }
  }

  @Test func `folders that are left out are named`() throws {
    try make(["yes/a.wav", "zebra/a.wav", "no/readme.txt"])
    let folder = try ClipFolder(path: root, labels: ["yes", "no"])
    #expect(folder.clips.count == 1)
    #expect(folder.ignoredFolders == ["no", "zebra"])
  }

  @Test func `a folder without clips, a file and nothing at all are typed errors`() throws {
    func error(_ path: String) -> EvaluationError? {
      #expect(throws: EvaluationError.self) { try ClipFolder(path: path, labels: ["yes"]) }
    }
    guard case .notFound(root)? = error(root) else {
      Issue.record("not found")
      return
    }
    try make(["no/a.wav", "file.wav"])
    let file = root + "/file.wav"
    guard case .notADirectory(file)? = error(file) else {
      Issue.record("a file")
      return
    }
    guard case .noClips(root, labels: ["yes"])? = error(root) else {
      Issue.record("no clips")
      return
    }
  }
}
