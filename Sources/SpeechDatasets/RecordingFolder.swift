// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import FoundationEssentials
import Storage

/// A folder of recordings, one folder per word, as Speech Commands has it or a user makes it.
///
/// `<word>/<name>.wav` (also flac, ogg, opus, mp3) are clips, `_background_noise_/` holds noise. Where
/// `validation_list.txt` or `testing_list.txt` (lines of `<word>/<name>.wav`) stand in the folder they
/// decide about the split and what they do not name is training; else the hash rule of Speech
/// Commands does, on the speaker where the name carries one, on the whole name where not.
package struct RecordingFolder: Sendable {
  /// Folders with that start are no words, but for the unknown words of the canonical test sets.
  private static let reservedPrefixes: Set<Character> = ["_", "."]
  private static let unknownFolder = "_unknown_"

  /// One recording.
  package struct Clip: Equatable, Sendable {
    package var word: String

    /// File name without its extension.
    package var name: String
    package var path: String
    package var split: Split
    package var byteCount: Int
  }

  /// The folder.
  package let path: String

  /// All clips of words, sorted by word and name.
  package let clips: [Clip]

  /// Paths of the noise recordings, sorted.
  package let noisePaths: [String]

  /// SHA-256 over words, names, splits and sizes of all clips and of the noise.
  package let digest: String

  /// Lists the folder; opens no recording.
  ///
  /// - Throws: `DatasetError` where the folder does not exist or holds no recording of a word, or a
  ///   line of a list is no path.
  package init(path: String) throws(DatasetError) {
    var isDirectory = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
      throw .storage(.notFound(path: path))
    }
    guard isDirectory else { throw .empty(path: path, expected: "a folder") }
    let lists = try SplitLists(folder: path)
    var clips: [Clip] = []
    for word in try Self.names(in: path) {
      guard word == Self.unknownFolder || !Self.reservedPrefixes.contains(word.first ?? "."),
        FileManager.default.fileExists(atPath: path + "/" + word, isDirectory: &isDirectory),
        isDirectory
      else { continue }
      for file in try Self.recordings(in: path + "/" + word) {
        let name = String(file[..<file.lastIndex(of: ".")!])
        let clipPath = "\(path)/\(word)/\(file)"
        clips.append(
          Clip(
            word: word, name: name, path: clipPath,
            split: lists.split(word: word, name: name) ?? Split(clipName: name),
            byteCount: Self.byteCount(clipPath)))
      }
    }
    guard !clips.isEmpty else {
      throw .empty(path: path, expected: "folders of recordings, one per word")
    }
    let noiseFolder = path + "/" + LogMelSet.noiseWord
    let noise =
      FileManager.default.fileExists(atPath: noiseFolder)
      ? try Self.recordings(in: noiseFolder) : []
    self.path = path
    self.clips = clips
    noisePaths = noise.map { noiseFolder + "/" + $0 }
    var index = clips.map { "\($0.word)\t\($0.name)\t\($0.split.rawValue)\t\($0.byteCount)\n" }
    index += noise.map { "\($0)\tnoise\t\(Self.byteCount(noiseFolder + "/" + $0))\n" }
    digest = SHA256.digest(of: Array(index.joined().utf8).span)
  }

  private static func recordings(in folder: String) throws(DatasetError) -> [String] {
    try names(in: folder).filter(AudioFormat.isRecording)
  }

  private static func names(in folder: String) throws(DatasetError) -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    } catch {
      throw .unreadable(path: folder)
    }
  }

  private static func byteCount(_ path: String) -> Int {
    File.byteCount(path) ?? 0
  }
}
