// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Audio
import Evaluation
import KeywordSpotting
import ListenerService
import ModelFormat

struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Spots keywords in recordings, exactly as a microphone would.",
    discussion: """
      Every file is a stream of its own that starts cold. Any rate, channel count and format that \
      libsndfile reads; '-' reads raw samples from standard input: 16 kHz, mono, signed 16 bits, \
      little-endian. Times count samples at 16 kHz from the start of the file.

      Examples:
        kws replay /usr/share/sounds/alsa/Front_Left.wav
        arecord -q -t raw -r 16000 -c 1 -f S16_LE | kws replay --format name -
      """)

  @Argument(help: "Recordings, or - for standard input.")
  var files: [String]

  @Option(help: "A model file; the built-in model if left out.")
  var model: String?

  @Option(help: "One line per event: for a person, as a JSON object, or the keyword alone.")
  var format = EventFormat.text

  @OptionGroup var detection: DetectionOptions

  @Option(
    help: ArgumentHelp(
      "Seconds of digital zero after each file: a microphone would go on after the word.",
      valueName: "seconds"))
  var tail = 0.5

  func validate() throws {
    guard (0...60).contains(tail) else {
      throw ValidationError("--tail \(tail): expected 0 to 60 seconds")
    }
  }

  func run() throws {
    let loaded = try modelOrDefault(model)
    let plan = try spottingPlan(loaded, from: model, detection: detection.apply(to: loaded))
    var replay = Replay(plan: plan)
    var firstFailure: Explanation?
    for file in files {
      do {
        try run(file, &replay)
      } catch let error as AudioError {
        // The other files are still worth hearing; the exit code tells.
        printError("kws: \(error.explanation.text)\(Self.advice(error))")
        firstFailure = firstFailure ?? error.explanation
      }
    }
    if let firstFailure { throw ExitCode(firstFailure.exitCode.rawValue) }
  }

  /// What to try instead, which only this command can do.
  private static func advice(_ error: AudioError) -> String {
    guard case .notAudio = error else { return "" }
    return " Raw samples are read from standard input: kws replay - < FILE."
  }

  private func run(_ file: String, _ replay: inout Replay) throws {
    let tailLength = Int(tail * Double(AudioFormat.sampleRate))
    func report(_ detection: Detection) throws {
      try StandardOutput.write(
        line: format.line(detection, rate: AudioFormat.sampleRate, source: file))
    }
    if file == "-" {
      var source = RawPCMSource(descriptor: 0)
      let sampleCount = try replay.run(&source, tailLength: tailLength, report: report)
      if source.hasOddTrailingByte {
        printError("kws: -: ended in the middle of a sample; its one byte was dropped.")
      }
      if sampleCount == 0 { printError("kws: -: has no samples.") }
    } else {
      var source = try SoundFileSource(path: file)
      let sampleCount = try replay.run(&source, tailLength: tailLength, report: report)
      if source.missingFrameCount > 0 {
        printError(
          "kws: \(file): truncated: expected \(source.declaredFrameCount ?? 0) frames, found "
            + "\(source.readFrameCount). Those were heard.")
      }
      let clippedCount = source.clippedSampleCount
      if clippedCount > 0 {
        printError(
          "kws: \(file): \(clippedCount) of \(sampleCount) samples lay beyond full scale and were "
            + "clipped.")
      }
      if sampleCount == 0 { printError("kws: \(file): has no samples.") }
    }
  }
}
