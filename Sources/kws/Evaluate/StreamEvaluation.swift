// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import KeywordSpotting

/// Hears whole recordings through the line of the listener and scores what it detects.
struct StreamEvaluation {
  let plan: SpottingPlan

  func run(_ options: StreamOptions) throws -> StreamReport {
    let hearing = RecordingHearing(plan: plan)
    let keywords = Set(plan.decision.keywords)
    var streams: [(trace: PosteriorTrace, truth: [TruthWord])] = []
    for (path, truthPath) in zip(options.stream, options.truth) {
      streams.append(try hearing.stream(path, truthPath))
    }
    var recordings: [HeardRecording] = []
    var peaks = ScorePeaks()
    var background: [PosteriorTrace] = []
    for path in options.background {
      for recording in try BackgroundFolder.recordings(at: path) {
        let trace = try hearing.trace(recording)
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
}
