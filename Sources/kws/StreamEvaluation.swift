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
    var background: [PosteriorTrace] = []
    for path in options.background {
      for recording in try BackgroundFolder.recordings(at: path) {
        background.append(try hearing.trace(recording))
      }
    }
    var score = StreamScore()
    for stream in streams {
      score =
        score
        + StreamScore(
          detections: stream.trace.detections(), truth: stream.truth, keywords: keywords)
    }
    return StreamReport(
      keywords: plan.decision.keywords, score: score,
      streamHours: streams.reduce(0) { $0 + $1.trace.seconds } / 3600,
      backgroundAlarms: background.flatMap { $0.detections() },
      backgroundHours: background.reduce(0) { $0 + $1.seconds } / 3600,
      tradeoff: streams.isEmpty
        ? nil
        : DetectionErrorTradeoff(streams: streams, background: background, keywords: keywords))
  }
}
