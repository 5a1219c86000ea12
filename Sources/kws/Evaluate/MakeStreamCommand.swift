// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Audio
import Evaluation
import Glibc
import Storage

struct MakeStreamCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "make-stream",
    abstract: "Makes a long recording of word clips at known times, to evaluate a model on.",
    discussion: """
      Clips are taken from DIR/<word>/*.wav, as 'kws evaluate --clips' has them; folders that begin \
      with '_' hold no words. Words that the model does not know are other speech. The times go to \
      --truth as start, end and word, over a background with each word's own signal-to-noise ratio, by \
      which 'kws evaluate' groups them. One seed gives one recording.

      The setting of MLPerf Tiny's streaming wake word, 50 words in 1,200 s, for one word over noise:
        kws make-stream --clips DIR --words yes --background NOISE --output s.wav --truth s.tsv
        kws evaluate --stream s.wav --truth s.tsv
      """)

  @Option(help: ArgumentHelp("A folder with one folder of recordings per word.", valueName: "dir"))
  var clips: String

  @Option(help: "The words to take, separated by commas; all folders if left out.")
  var words: String?

  @Option(help: "How many words are spoken.")
  var count = 50

  @Option(help: "Length of the recording in seconds.")
  var seconds = 1200.0

  @Option(help: "Least time between two words, in seconds.")
  var spacing = 1.5

  @Option(
    help: ArgumentHelp(
      "A recording, or a folder of recordings, under the words; repeat it for more.",
      valueName: "path"))
  var background: [String] = []

  @Option(help: "Power of the words over that of the background, in dB.")
  var snr = 10.0

  @Option(help: "Seed of every draw.")
  var seed: UInt64 = 1

  @Option(help: "The WAV file to write.")
  var output: String

  @Option(help: "The file of the words' times to write.")
  var truth: String

  func validate() throws {
    for (name, value, range) in [
      ("--count", Double(count), 1...100_000.0), ("--seconds", seconds, 1...36_000),
      ("--spacing", spacing, 0...60), ("--snr", snr, -40...100),
    ] where !range.contains(value) {
      throw ValidationError(
        "\(name) \(value): expected \(range.lowerBound) to \(range.upperBound)")
    }
  }

  func run() throws {
    try File.checkCanReplace(output)
    try File.checkCanReplace(truth)
    let stream = try TestStream(
      TestStream.Configuration(
        seconds: seconds, wordCount: count, spacingSeconds: spacing,
        signalToNoiseDecibels: background.isEmpty ? nil : snr, seed: seed),
      words: try wordClips(),
      background: try background.flatMap { try BackgroundFolder.recordings(at: $0) })
    let partial = output + ".partial"
    try WaveClip.write(stream.samples.span, to: partial)
    guard unsafe rename(partial, output) == 0 else {
      let text = systemErrorText(errno)
      unsafe unlink(partial)
      throw CommandError("\(output): cannot be written: \(text).", .inputOutput)
    }
    let lines = stream.truth.map { word in
      let ratio = word.signalToNoiseDecibels.map { "\t\(fixed($0, decimals: 1))" } ?? ""
      return "\(fixed(word.start, decimals: 6))\t\(fixed(word.end, decimals: 6))\t\(word.label)"
        + "\(ratio)\n"
    }
    try File.replace(truth, with: Array(lines.joined().utf8).span)
    try StandardOutput.write(
      line: "wrote \(output), \(fixed(seconds, decimals: 0)) s with \(stream.truth.count) words, "
        + "and \(truth)")
  }

  private func wordClips() throws -> [TestStream.Word] {
    let wanted = words?.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    let found = try WordFolder.words(at: clips, wanted: wanted)
    if let missing = wanted?.first(where: { word in !found.contains { $0.label == word } }) {
      throw CommandError(
        "\(clips)/\(missing): expected a folder with recordings of that word.", .missingInput)
    }
    guard !found.isEmpty else {
      throw CommandError(
        "\(clips): expected folders with recordings, one per word, found none.", .badData)
    }
    return found
  }
}
