// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ModelFormat
import Testing
import ToneModel

struct NearMissTests {
  /// Labels `a`, `b` and a rejected `_`, threshold 0.8, near misses from 0.4 on; a near miss ends
  /// below 0.2. Ten columns per second of 100 samples.
  private func plan(
    ratio: Float? = 0.5, count: Int = 1, refractory: Float = 0, warmUp: Int = 0
  ) throws -> DecisionPlan {
    try DecisionPlan(
      DetectionParameters(
        smoothingSeconds: 0, defaultThreshold: 0.8, minimumCount: count,
        refractorySeconds: refractory, rearmRatio: 0.5, rejectLabels: ["_"]),
      labels: ["a", "b", "_"], sampleRate: 100, columnLength: 10, warmUpColumnCount: warmUp,
      nearMissRatio: ratio)
  }

  /// Column and label of every decision, with `?` and the column of the score for near misses.
  private func decisions(_ plan: DecisionPlan, _ columns: [(Float, Float)]) -> [String] {
    var decider = KeywordDecider(plan: plan)
    var found: [String] = []
    for (index, column) in columns.enumerated() {
      let row = [column.0, column.1, 1 - column.0 - column.1]
      guard let decision = decider.decide(row.span, at: index * 10 + 9) else { continue }
      let label = plan.labels[decision.labelIndex]
      found.append(
        decision.isNearMiss ? "\(index)\(label)?\(index - decision.age / 10)" : "\(index)\(label)")
    }
    return found
  }

  private func only(_ values: [Float]) -> [(Float, Float)] { values.map { ($0, 0) } }

  @Test func `a score that came near is told once, when it has dropped`() throws {
    let plan = try plan()
    #expect(decisions(plan, only([0, 0.4, 0.6, 0.5, 0.2, 0.1, 0.1])) == ["5a?2"])
    // Not yet dropped, or never near.
    #expect(decisions(plan, only([0, 0.6, 0.3, 0.6, 0.2])) == [])
    #expect(decisions(plan, only([0, 0.39, 0, 0.39, 0])) == [])
    #expect(decisions(plan, only([0.5, 0, 0.6, 0])) == ["1a?0", "3a?2"])
    #expect(decisions(try self.plan(ratio: nil), only([0.5, 0, 0.6, 0])) == [])
  }

  @Test func `what fired is no near miss, before nor after`() throws {
    let plan = try plan()
    #expect(decisions(plan, only([0.5, 0.8, 0.6, 0.1, 0.1])) == ["1a"])
    #expect(decisions(plan, only([0.5, 0.9, 0.5, 0.6, 0.1, 0.5, 0])) == ["1a", "6a?5"])
    // Another word of the same utterance neither.
    #expect(decisions(plan, [(0.5, 0.4), (0.1, 0.9), (0.5, 0.3), (0, 0)]) == ["1b", "3a?2"])
    #expect(decisions(plan, [(0.5, 0.4), (0.45, 0.9), (0.5, 0.3), (0, 0)]) == ["1b"])
  }

  @Test func `a score that was high, but not for long enough, is a near miss`() throws {
    #expect(decisions(try plan(count: 3), only([0.9, 0.9, 0.1])) == ["2a?0"])
  }

  @Test func `nothing near a detection is told within the refractory time`() throws {
    let plan = try plan(refractory: 0.4)
    #expect(decisions(plan, only([0.9, 0, 0.5, 0, 0.5, 0])) == ["0a", "5a?4"])
    // Started within the time and still going on afterwards.
    #expect(decisions(plan, only([0.9, 0, 0.5, 0.5, 0.5, 0.5, 0, 0.5, 0])) == ["0a", "8a?7"])
  }

  @Test func `of several that drop together the nearest is told`() throws {
    #expect(decisions(try plan(), [(0.4, 0.5), (0, 0), (0, 0)]) == ["1b?0"])
    #expect(decisions(try plan(), [(0.4, 0.5), (0, 0.3), (0, 0)]) == ["1a?0", "2b?0"])
  }

  @Test func `the first columns of a stream are not near anything`() throws {
    #expect(decisions(try plan(warmUp: 4), only([0.5, 0, 0.5, 0, 0.5, 0])) == ["5a?4"])
  }

  @Test func `a ratio outside its range is refused`() {
    for ratio: Float in [0, 1.5, .nan] {
      #expect(throws: SpottingError.self) { _ = try plan(ratio: ratio) }
    }
  }

  @Test func `a near miss lies where its word is`() throws {
    // The high tone reaches a score of 0.98, the threshold is beyond it.
    var detection = toneModel().detection
    detection.defaultThreshold = 1
    let plan = try SpottingPlan(model: toneModel(), detection: detection, nearMissRatio: 0.6)
    let samples = signal(80_000, [(30_000..<37_000, 2400)])
    var found: [[Detection]] = []
    for pieces in [[], [160], [999, 1]] {
      var spotter = KeywordSpotter(plan: plan)
      found.append(detections(&spotter, samples, pieces: pieces))
    }
    #expect(found[0] == found[1] && found[0] == found[2])
    let near = try #require(found[0].first)
    #expect(found[0].count == 1 && near.isNearMiss && near.label == "high")
    #expect(abs(near.start - 30_000) <= 160 && abs(near.end - 37_000) <= 320)
    #expect(near.score >= 0.6 && near.score < 1 && near.at > 37_000)
  }
}
