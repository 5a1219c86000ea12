// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import KeywordSpotting
import Testing
import ToneModel

@Suite struct ReplayTests {
  /// Samples in memory, handed out in pieces, that may break off with an error.
  private struct Pieces: ~Copyable, AudioSource {
    let samples: [Float]
    var pieceLength = 5_000
    var failure: AudioError?
    var position = 0

    init(_ samples: [Float], pieceLength: Int = 5_000, failure: AudioError? = nil) {
      self.samples = samples
      self.pieceLength = pieceLength
      self.failure = failure
    }

    mutating func read(into room: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece {
      let count = min(room.count, pieceLength, samples.count - position)
      for index in 0..<count { room[index] = samples[position + index] }
      position += count
      if count == 0, let failure { throw failure }
      return count == 0 ? .end : .samples(count)
    }
  }

  private let samples = signal(80_000, [(20_000..<27_000, 400), (50_000..<57_000, 2_400)])

  @Test func `every detection is reported once, whatever the pieces`() throws {
    var replay = Replay(plan: try SpottingPlan(model: toneModel()))
    var expected: [Detection] = []
    for pieceLength in [80_000, 5_000, 777] {
      var found: [Detection] = []
      var source = Pieces(samples, pieceLength: pieceLength)
      #expect(try replay.run(&source) { found.append($0) } == 80_000)
      #expect(found.map(\.label) == ["low", "high"])
      if expected.isEmpty { expected = found }
      // Also: each run starts anew.
      #expect(found == expected)
    }
  }

  @Test func `the tail is heard after the source, but is none of its samples`() throws {
    var replay = Replay(plan: try SpottingPlan(model: toneModel()))
    var all: [Detection] = []
    var whole = Pieces(samples)
    _ = try replay.run(&whole) { all.append($0) }
    let at = try #require(all.last?.at)
    let cut = Array(samples[..<(at - 100)])
    for (tailLength, count) in [(0, 1), (8_000, 2), (40_000, 2)] {
      var found: [Detection] = []
      var source = Pieces(cut)
      let heard = try replay.run(&source, tailLength: tailLength) { found.append($0) }
      #expect(heard == cut.count)
      #expect(found.count == count)
    }
  }

  @Test func `errors of the source and of the report come through`() throws {
    var replay = Replay(plan: try SpottingPlan(model: toneModel()))
    let failure = AudioError.damaged(path: "x", frame: 3, reason: "y")
    var found = 0
    var broken = Pieces(samples, failure: failure)
    #expect(throws: failure) { _ = try replay.run(&broken) { _ in found += 1 } }
    #expect(found == 2)
    struct Full: Error {}
    var source = Pieces(samples)
    #expect(throws: Full.self) { _ = try replay.run(&source) { _ in throw Full() } }
  }

  @Test func `a trace of posteriors gives the detections of a replay, whatever the pieces`() throws
  {
    let plan = try SpottingPlan(model: toneModel())
    var replay = Replay(plan: plan)
    var expected: [ScoredDetection] = []
    var source = Pieces(samples)
    _ = try replay.run(&source, tailLength: 8_000) {
      expected.append(
        ScoredDetection(time: Double($0.at) / 16_000, label: $0.label, score: $0.score))
    }
    #expect(expected.map(\.label) == ["low", "high"])
    for pieceLength in [80_000, 5_000, 777] {
      var pieces = Pieces(samples, pieceLength: pieceLength)
      let trace = try PosteriorTrace(&pieces, plan: plan, tailLength: 8_000)
      #expect(trace.detections() == expected)
      #expect(trace.seconds == 5)
      // No posterior smoothed over a window with silence in it reaches 1.
      #expect(trace.detections(threshold: 1).isEmpty)
    }
  }

  @Test func `a word's peak is the highest threshold that detects it`() throws {
    let plan = try SpottingPlan(model: toneModel())
    var source = Pieces(samples)
    let trace = try PosteriorTrace(&source, plan: plan, tailLength: 8_000)
    let truth = [
      TruthWord(start: 3.125, end: 3.5625, label: "high"),
      TruthWord(start: 1.25, end: 1.6875, label: "low"),
      TruthWord(start: 0, end: 0.1, label: "other"),
    ]
    let peaks = trace.peaks(truth: truth)
    #expect(peaks.words.map(\.word.label) == ["low", "high"])
    for word in peaks.words {
      #expect(trace.detections(threshold: word.peak).contains { $0.label == word.word.label })
      #expect(
        !trace.detections(threshold: word.peak.nextUp).contains { $0.label == word.word.label })
    }
    // Of five seconds, those that the words and the second after them reach into are left out.
    #expect(peaks.rest.count == 1)
    #expect(trace.peaks().rest.count == 5)
    #expect(trace.peaks().rest.max() == peaks.words.map(\.peak).max())
  }

  @Test func `a higher threshold never misses fewer words`() throws {
    let plan = try SpottingPlan(model: toneModel())
    var source = Pieces(samples)
    let trace = try PosteriorTrace(&source, plan: plan, tailLength: 8_000)
    let truth = [
      TruthWord(start: 1.25, end: 1.6875, label: "low"),
      TruthWord(start: 3.125, end: 3.5625, label: "high"),
    ]
    let tradeoff = DetectionErrorTradeoff(
      streams: [(trace, truth)], background: [], keywords: ["low", "high"])
    let misses = tradeoff.points.map(\.score.misses.count)
    #expect(tradeoff.points.map(\.threshold) == DetectionErrorTradeoff.thresholds)
    let best = try #require(misses.firstIndex(of: 0))
    let fromBest = misses[best...]
    #expect(Array(fromBest) == fromBest.sorted())
  }
}
