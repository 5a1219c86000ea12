// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// What `kws evaluate` is run on: recordings of a person naming loudspeakers.
extension TemporaryFolder {
  /// `clips/<class>/*` from the loudspeaker recordings: the second that ends with the word.
  func makeClips() throws -> String {
    for (name, word) in [
      ("Front_Left", "left"), ("Rear_Left", "left"), ("Front_Right", "right"),
      ("Rear_Right", "right"), ("Side_Right", "right"),
    ] {
      try write("clips/\(word)/x", [])
      _ = try Speech.convert(
        Speech.path(name),
        to: path("clips/\(word)/\(name).\(word == "left" ? "wav" : "flac")"),
        effects: ["trim", "-1.05"])
    }
    try write(
      "clips/_silence_/zero.wav", WaveFile.bytes([Float](repeating: 0, count: 9_000)))
    return path("clips")
  }

  /// Two recordings of a person naming loudspeakers one after the other, with the truth.
  func makeStream() throws -> (stream: String, truth: String) {
    let recordings = try ["Front_Left", "Rear_Right"].map { try Speech.path($0) }
    let stream = path("words.wav")
    let sox = try Command(program: "/usr/bin/sox", ["-D"] + recordings + [stream])
    #expect(sox.status == 0, "\(sox.error)")
    let seconds = try recordings.map { path in
      let soxi = try Command(program: "/usr/bin/soxi", ["-D", path])
      return try #require(
        Double(soxi.output.trimmingCharacters(in: .whitespacesAndNewlines)))
    }
    let truth = try write(
      "words.tsv",
      Array(
        """
        0.0\t\(seconds[0])\tleft
        \(seconds[0])\t\(seconds[0] + seconds[1])\tright

        """.utf8))
    return (stream, truth)
  }
}
