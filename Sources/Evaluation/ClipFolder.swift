// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import FoundationEssentials

/// Recordings of known classes: `folder/<class>/*.wav`, also flac, ogg, opus and mp3.
package struct ClipFolder: Equatable, Sendable {
  /// One recording.
  package struct Clip: Equatable, Sendable {
    package var path: String

    /// Index of its class among the model's labels.
    package var label: Int

    package init(path: String, label: Int) {
      self.path = path
      self.label = label
    }
  }

  /// All recordings, sorted by class and name.
  package let clips: [Clip]

  /// Folders without recordings or with names that are no labels; they are left out.
  package let ignoredFolders: [String]

  /// Lists the recordings of every class that the model knows.
  ///
  /// - Throws: `EvaluationError` where the folder does not exist or holds no clip of any label.
  package init(path: String, labels: [String]) throws(EvaluationError) {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .notFound(path: path)
    }
    guard isDirectory else { throw .notADirectory(path: path) }
    var clips: [Clip] = []
    var ignored: [String] = []
    for name in try Self.contents(path) {
      let folder = path + "/" + name
      _ = FileManager.default.fileExists(atPath: folder, isDirectory: &isDirectory)
      guard isDirectory else { continue }
      guard let label = labels.firstIndex(of: name) else {
        ignored.append(name)
        continue
      }
      let found = try Self.contents(folder).filter(AudioFormat.isRecording)
      if found.isEmpty { ignored.append(name) }
      clips += found.map { Clip(path: folder + "/" + $0, label: label) }
    }
    guard !clips.isEmpty else { throw .noClips(path: path, labels: labels) }
    self.clips = clips
    ignoredFolders = ignored
  }

  private static func contents(_ path: String) throws(EvaluationError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    } catch {
      throw .unreadable(path: path)
    }
  }
}
