// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// A small log-mel set that tests make themselves: each word is a band of energy at its own height.
package struct SyntheticLogMelSet {
  /// The folder with `log-mel.safetensors` and `clips.tsv`.
  package let path: String

  /// The words, of which the last two are meant as unknown ones.
  package static let words = ["yes", "no", "tree", "bird"]

  /// Writes the set into a new folder inside `folder`.
  ///
  /// - Parameters:
  ///   - clipCount: clips per word; a quarter of them for validation.
  ///   - noiseCount: windows of noise.
  package init(in folder: String, clipCount: Int = 40, noiseCount: Int = 40) throws {
    path = folder + "/log-mel-\(UUID())"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    var state: UInt32 = 7
    func random(_ range: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 16) % range
    }
    var bytes: [UInt8] = []
    var index = "row\tword\tname\tsplit\n"
    var row = 0
    for _ in 0..<noiseCount {
      bytes += (0..<98 * 40).map { _ in UInt8(40 + random(30)) }
      index += "\(row)\t_background_noise_\tnoise\(row)\tnoise\n"
      row += 1
    }
    for clip in 0..<clipCount {
      for (word, name) in Self.words.enumerated() {
        for _ in 0..<98 {
          bytes += (0..<40).map { bin in
            UInt8((bin / 10 == word ? 170 : 60) + random(30))
          }
        }
        let split = clip % 4 == 3 ? "validation" : "training"
        index += "\(row)\t\(name)\tspeaker\(clip)_nohash_0\t\(split)\n"
        row += 1
      }
    }
    let header =
      #"{"__metadata__":{"scale":"9.997","offset":"145.7"},"#
      + #""log_mel":{"dtype":"U8","shape":[\#(row),98,40],"data_offsets":[0,\#(bytes.count)]}}"#
    let length = header.utf8.count
    let file = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + Array(header.utf8)
    try Data(file + bytes).write(to: URL(filePath: path + "/log-mel.safetensors"))
    try Data(index.utf8).write(to: URL(filePath: path + "/clips.tsv"))
  }
}
