// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import SpeechDatasets

/// A log-mel set for benchmarks that need clips and not words: noise of a level of its own per word,
/// in the files that `--data log-mel=DIR` reads.
struct SyntheticLogMels {
  private static let trainingClipCount = 60
  private static let validationClipCount = 10
  private static let noiseCount = 40
  private static let unknownWords = ["one", "two"]

  /// The frames and bins of a clip in that format.
  private static let valuesPerClip = 98 * 40

  /// Calls `body` with a folder that holds the set, which is removed after it.
  static func withFolder<Result>(
    keywords: [String], _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/kws-log-mel-\(UUID())"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      try write(keywords: keywords, to: folder)
      return try body(folder)
    } catch let error as CocoaError {
      throw CommandError(
        "\(folder): the data set cannot be written: \(error). Name another folder by TMPDIR, or a "
          + "data set by --data.", .inputOutput)
    }
  }

  private static func write(keywords: [String], to folder: String) throws {
    var bytes: [UInt8] = []
    var index = "row\tword\tname\tsplit\n"
    var state: UInt32 = 1
    var row = 0
    func add(word: String, name: String, split: String, level: Int) {
      for _ in 0..<valuesPerClip {
        state = state &* 1_664_525 &+ 1_013_904_223
        bytes.append(UInt8(level + Int(state >> 27)))
      }
      index += "\(row)\t\(word)\t\(name)\t\(split)\n"
      row += 1
    }
    for number in 0..<noiseCount {
      add(word: LogMelSet.noiseWord, name: "noise\(number)", split: "noise", level: 40)
    }
    for (word, name) in (keywords + unknownWords).enumerated() {
      for clip in 0..<trainingClipCount + validationClipCount {
        add(
          word: name, name: "speaker\(clip)_nohash_0",
          split: clip < trainingClipCount ? "training" : "validation", level: 60 + word * 8 % 150)
      }
    }
    let header = """
      {"__metadata__":{"scale":"9.997","offset":"145.7"},\
      "log_mel":{"dtype":"U8","shape":[\(row),98,40],"data_offsets":[0,\(bytes.count)]}}
      """
    let length = header.utf8.count
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    try Data(prefix + Array(header.utf8) + bytes).write(
      to: URL(filePath: folder + "/log-mel.safetensors"))
    try Data(index.utf8).write(to: URL(filePath: folder + "/clips.tsv"))
  }
}
