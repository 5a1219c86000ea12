// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import FoundationEssentials

/// Recordings of words in folders of their names.
package enum WordFolder {
  /// The words under `path` that have recordings, sorted; folders that begin with `_` hold none.
  ///
  /// - Parameter wanted: only these; nil for all.
  /// - Throws: `EvaluationError` where the folder is not there or cannot be listed.
  package static func words(
    at path: String, wanted: [String]?
  ) throws(EvaluationError) -> [TestStream.Word] {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .notFound(path: path)
    }
    guard isDirectory else { throw .notADirectory(path: path) }
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
      throw .unreadable(path: path)
    }
    var words: [TestStream.Word] = []
    for name in names.sorted() where wanted?.contains(name) ?? !name.hasPrefix("_") {
      let folder = "\(path)/\(name)"
      _ = FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory)
      guard isDirectory else { continue }
      guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
        throw .unreadable(path: folder)
      }
      let recordings = files.filter(AudioFormat.isRecording).sorted().map { "\(folder)/\($0)" }
      if !recordings.isEmpty { words.append(TestStream.Word(label: name, paths: recordings)) }
    }
    return words
  }
}
