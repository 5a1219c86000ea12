// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import FoundationEssentials

/// Recordings in which no keyword is spoken: one file, or all in a folder and its folders.
package enum BackgroundFolder {
  /// The paths, sorted.
  ///
  /// - Throws: `EvaluationError` where there is nothing at `path` or no recording in it.
  package static func recordings(at path: String) throws(EvaluationError) -> [String] {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .notFound(path: path)
    }
    guard isDirectory else { return [path] }
    // The dot leads through a path that is a link to a folder.
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path + "/.") else {
      throw .unreadable(path: path)
    }
    let found = names.filter(AudioFormat.isRecording).sorted().map { "\(path)/\($0)" }
    guard !found.isEmpty else { throw .noRecordings(path: path) }
    return found
  }
}
