// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes log-mel sets for tests, right or wrong.
struct LogMelFiles {
  static let frameCount = 98
  static let binCount = 40
  static let scale: Float = 9.997
  static let offset: Float = 145.7

  struct Clip {
    var word: String
    var name: String
    var split: String
  }

  /// The byte of digital zero.
  static let floorByte: UInt8 = 1

  var metadata = #"{"scale": "9.997", "offset": "145.7"}"#
  var type = "U8"
  var shape: [Int]?
  var clips: [Clip] = []

  /// `[row, 98, 40]`.
  var bytes: [UInt8] = []

  mutating func add(
    _ word: String, _ name: String, _ split: String, _ byte: (_ frame: Int, _ bin: Int) -> UInt8
  ) {
    clips.append(Clip(word: word, name: name, split: split))
    for frame in 0..<Self.frameCount {
      for bin in 0..<Self.binCount { bytes.append(byte(frame, bin)) }
    }
  }

  /// The container.
  var container: [UInt8] {
    let shape = shape ?? [clips.count, Self.frameCount, Self.binCount]
    let header =
      #"{"__metadata__": \#(metadata), "log_mel": {"dtype": "\#(type)", "shape": \#(shape), "#
      + #""data_offsets": [0, \#(bytes.count)]}}"#
    let json = Array(header.utf8)
    return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json + bytes
  }

  /// The index.
  var index: String {
    "row\tword\tname\tsplit\n"
      + clips.enumerated().map { "\($0)\t\($1.word)\t\($1.name)\t\($1.split)\n" }.joined()
  }

  func write(to folder: TemporaryFolder, _ name: String = "set") throws -> String {
    try folder.write(name + "/log-mel.safetensors", container)
    try folder.write(name + "/clips.tsv", Array(index.utf8))
    return folder.path + "/" + name
  }

  /// A small set: `clipCount` training and a fourth as many validation clips of each of four words,
  /// of which "tree" and "bird" are meant as unknown ones, each clip of its own level, and noise.
  static func small(clipCount: Int = 40, noiseCount: Int = 50) -> LogMelFiles {
    var files = LogMelFiles()
    for clip in 0..<clipCount + clipCount / 4 {
      for (word, name) in ["yes", "no", "tree", "bird"].enumerated() {
        files.add(name, "\(name)\(clip)", clip < clipCount ? "training" : "validation") {
          UInt8(($1 / 10 == word ? 160 : 70) + clip % 40 + ($0 * 7 + $1 * 3) % 5)
        }
      }
    }
    for clip in 0..<noiseCount {
      files.add("_background_noise_", "noise\(clip)", "noise") {
        UInt8(50 + clip % 50 + ($0 * 5 + $1 * 11) % 9)
      }
    }
    return files
  }
}
