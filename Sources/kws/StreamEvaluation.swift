// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import FoundationEssentials
import KeywordSpotting
import Storage

/// Hears whole recordings through the line of the listener and scores what it detects.
struct StreamEvaluation {
  let plan: SpottingPlan

  /// Seconds of digital zero after every recording, as `replay` adds.
  private static let tailLength = AudioFormat.sampleRate / 2

  func run(_ options: StreamOptions) throws -> StreamReport {
    let keywords = Set(plan.decision.keywords)
    var streams: [(trace: PosteriorTrace, truth: [TruthWord])] = []
    for (path, truthPath) in zip(options.stream, options.truth) {
      let truth = try words(truthPath)
      let trace = try trace(path)
      guard truth.contains(where: { keywords.contains($0.label) }) else {
        throw CommandError(
          "\(truthPath): expected words that the model knows "
            + "(\(keywords.sorted().joined(separator: ", "))), found none.", .badData)
      }
      if let late = truth.first(where: { $0.end > trace.seconds + 0.05 }) {
        throw CommandError(
          "\(truthPath): a word ends at \(fixed(late.end, decimals: 2)) s, but \(path) has "
            + "\(fixed(trace.seconds, decimals: 2)) s. Check that they belong together.", .badData)
      }
      streams.append((trace, truth))
    }
    var recordings: [HeardRecording] = []
    var peaks = ScorePeaks()
    var background: [PosteriorTrace] = []
    for path in options.background {
      for recording in try BackgroundFolder.recordings(at: path) {
        let trace = try trace(recording)
        background.append(trace)
        peaks = peaks + trace.peaks()
        recordings.append(
          HeardRecording(
            path: recording, seconds: trace.seconds, misses: [],
            falseAlarms: trace.detections(), isBackground: true))
      }
    }
    var score = StreamScore()
    for (path, stream) in zip(options.stream, streams) {
      let own = StreamScore(
        detections: stream.trace.detections(), truth: stream.truth, keywords: keywords)
      score = score + own
      let ownPeaks = stream.trace.peaks(truth: stream.truth)
      peaks = peaks + ownPeaks
      recordings.append(
        HeardRecording(
          path: path, seconds: stream.trace.seconds,
          misses: ownPeaks.words.filter { own.misses.contains($0.word) },
          falseAlarms: own.falseAlarms, isBackground: false))
    }
    return StreamReport(
      keywords: plan.decision.keywords, score: score,
      streamHours: streams.reduce(0) { $0 + $1.trace.seconds } / 3600,
      backgroundAlarms: background.flatMap { $0.detections() },
      backgroundHours: background.reduce(0) { $0 + $1.seconds } / 3600,
      tradeoff: streams.isEmpty
        ? nil
        : DetectionErrorTradeoff(streams: streams, background: background, keywords: keywords),
      recordings: recordings, peaks: peaks)
  }

  private func trace(_ path: String) throws -> PosteriorTrace {
    var source = try SoundFileSource(path: path)
    let trace = try PosteriorTrace(&source, plan: plan, tailLength: Self.tailLength)
    if source.missingFrameCount > 0 {
      printError(
        "kws: \(path): truncated: expected \(source.declaredFrameCount ?? 0) frames, found "
          + "\(source.readFrameCount). Those were heard.")
    }
    return trace
  }

  private func words(_ path: String) throws -> [TruthWord] {
    let bytes = try File.read(path, limit: TruthFile.byteLimit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw CommandError("\(path): expected text in UTF-8.", .badData)
    }
    return try TruthFile.words(text, path: path)
  }
}
