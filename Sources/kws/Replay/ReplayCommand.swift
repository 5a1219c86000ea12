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

      A recording of 'kws listen --record FILE' has a sidecar, FILE.jsonl, that tells of gaps; it \
      is found by itself, and the events are byte for byte those that were heard.

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

  @OptionGroup var thresholds: ThresholdOptions

  @Option(help: Setting.nearMisses.help) var nearMisses: String?

  @Option(
    help: ArgumentHelp(
      "Seconds of digital zero after each file: a microphone would go on after the word. 0.5 if "
        + "left out, 0 for a recording with a sidecar.",
      valueName: "seconds"))
  var tail: Double?

  func validate() throws {
    guard let tail else { return }
    guard (0...60).contains(tail) else {
      throw ValidationError("--tail \(tail): expected 0 to 60 seconds")
    }
  }

  func run() throws {
    let loaded = try modelOrDefault(model)
    let selection = try thresholds.apply(to: loaded)
    let plan = try spottingPlan(
      loaded, from: model, detection: selection.detection,
      nearMissRatio: nearMissRatio())
    for note in selection.notes { printError("kws: \(note)") }
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

  /// The part of a threshold at which near misses start; nil where none are asked for.
  private func nearMissRatio() throws -> Float? {
    guard let nearMisses else { return nil }
    guard case .ratio(let ratio)? = try? Setting.nearMisses.kind.value(nearMisses) else {
      throw ValidationError(
        "--near-misses \(nearMisses): expected \(Setting.nearMisses.kind.expectation)")
    }
    return ratio.nearMissRatio
  }

  /// What to try instead, which only this command can do.
  private static func advice(_ error: AudioError) -> String {
    guard case .notAudio = error else { return "" }
    return " Raw samples are read from standard input: kws replay - < FILE."
  }

  private func run(_ file: String, _ replay: inout Replay) throws {
    if file == "-" {
      try runRaw(&replay)
    } else if RecordedSource.hasSidecar(path: file) {
      try runRecorded(file, &replay)
    } else {
      try runFile(file, &replay)
    }
  }

  /// Hears `source` and prints its events; the samples that it had.
  private func hear(
    _ source: inout some AudioSource & ~Copyable, _ name: String, tail: Double,
    _ replay: inout Replay
  ) throws -> Int {
    let tailLength = Int((self.tail ?? tail) * Double(AudioFormat.sampleRate))
    return try replay.run(&source, tailLength: tailLength) { detection in
      // Whoever reads bare names takes each for a word that was spoken.
      if detection.isNearMiss && format == .name { return }
      try StandardOutput.write(
        line: format.line(detection, rate: AudioFormat.sampleRate, source: name))
    }
  }

  private func runRaw(_ replay: inout Replay) throws {
    var source = RawPCMSource(descriptor: 0)
    let sampleCount = try hear(&source, "-", tail: 0.5, &replay)
    if source.hasOddTrailingByte {
      printError("kws: -: ended in the middle of a sample; its one byte was dropped.")
    }
    if sampleCount == 0 { printError("kws: -: has no samples.") }
  }

  private func runFile(_ file: String, _ replay: inout Replay) throws {
    var source = try SoundFileSource(path: file)
    let sampleCount = try hear(&source, file, tail: 0.5, &replay)
    if source.missingFrameCount > 0 {
      printError(
        "kws: \(file): truncated: expected \(source.declaredFrameCount ?? 0) frames, found "
          + "\(source.readFrameCount). Those were heard.")
    }
    reportSamples(file, sampleCount, clippedCount: source.clippedSampleCount)
  }

  /// A recording with its gaps, as it was heard.
  private func runRecorded(_ file: String, _ replay: inout Replay) throws {
    var source = try RecordedSource(path: file)
    let sampleCount = try hear(&source, source.sourceName, tail: 0, &replay)
    if let at = source.reconfiguredAt {
      printError(
        "kws: \(file): from \(seconds(at)) on another model or other thresholds decided; events "
          + "after that may differ from those that were heard.")
    }
    if let at = source.unrecordedAt {
      printError(
        "kws: \(file): \(source.unrecordedFrameCount) frames from \(seconds(at)) on were heard "
          + "but not recorded; events after that may differ from those that were heard.")
    }
    if !source.isComplete {
      printError(
        "kws: \(file): breaks off after \(source.readFrameCount) frames. Those were heard.")
    }
    reportSamples(file, sampleCount, clippedCount: source.clippedSampleCount)
  }

  private func reportSamples(_ file: String, _ sampleCount: Int, clippedCount: Int) {
    if clippedCount > 0 {
      printError(
        "kws: \(file): \(clippedCount) of \(sampleCount) samples lay beyond full scale and were "
          + "clipped.")
    }
    if sampleCount == 0 { printError("kws: \(file): has no samples.") }
  }

  private func seconds(_ index: Int) -> String {
    fixed(Double(index) / Double(AudioFormat.sampleRate), decimals: 2) + " s"
  }
}
