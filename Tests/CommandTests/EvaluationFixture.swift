// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// What `kws evaluate` is run on: recordings of a person naming loudspeakers.
extension TemporaryFolder {
  /// `clips/<class>/*` from the loudspeaker recordings: the second that ends with the word.
  ///
  /// - Parameter namesSpeakers: named as Speech Commands does: the words of one speaker, silence of
  ///   another.
  func makeClips(namesSpeakers: Bool = false) throws -> String {
    for (index, (name, word)) in [
      ("Front_Left", "left"), ("Rear_Left", "left"), ("Front_Right", "right"),
      ("Rear_Right", "right"), ("Side_Right", "right"),
    ].enumerated() {
      try write("clips/\(word)/x", [])
      let file =
        namesSpeakers
        ? "aa_nohash_\(index).wav" : "\(name).\(word == "left" ? "wav" : "flac")"
      _ = try Speech.convert(
        Speech.path(name), to: path("clips/\(word)/\(file)"), effects: ["trim", "-1.05"])
    }
    try write(
      "clips/_silence_/\(namesSpeakers ? "bb_nohash_0" : "zero").wav",
      WaveFile.bytes([Float](repeating: 0, count: 9_000)))
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
