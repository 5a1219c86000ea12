// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import ModelFormat
import Testing

struct KeywordDeciderTests {
  /// Labels `a`, `b` and a rejected `_`; ten columns per second of 100 samples.
  private func plan(
    smoothing: Float = 0, count: Int = 1, refractory: Float = 0, rearm: Float = 0.5,
    thresholds: [String: Float] = [:], warmUp: Int = 0
  ) throws -> DecisionPlan {
    try DecisionPlan(
      DetectionParameters(
        smoothingSeconds: smoothing, thresholds: thresholds, defaultThreshold: 0.5,
        minimumCount: count, refractorySeconds: refractory, rearmRatio: rearm,
        rejectLabels: ["_"]),
      labels: ["a", "b", "_"], sampleRate: 100, columnLength: 10, warmUpColumnCount: warmUp)
  }

  /// Column and label of every decision for a sequence of posteriors of `a` and `b`.
  private func decisions(_ plan: DecisionPlan, _ columns: [(Float, Float)]) -> [String] {
    var decider = KeywordDecider(plan: plan)
    return run(&decider, columns)
  }

  private func run(_ decider: inout KeywordDecider, _ columns: [(Float, Float)]) -> [String] {
    var found: [String] = []
    for (index, column) in columns.enumerated() {
      let row = [column.0, column.1, 1 - column.0 - column.1]
      if let decision = decider.decide(row.span, at: index * 10 + 9) {
        found.append("\(index)\(decider.plan.labels[decision.labelIndex])")
      }
    }
    return found
  }

  private func only(_ values: [Float]) -> [(Float, Float)] { values.map { ($0, 0) } }

  @Test func `a keyword fires once, and again only after its score has dropped`() throws {
    let plan = try plan()
    #expect(decisions(plan, only([0, 0.5, 0.9, 0.9, 0.4, 0.9, 0.9])) == ["1a"])
    #expect(decisions(plan, only([0, 0.9, 0.25, 0.9])) == ["1a"])
    #expect(decisions(plan, only([0, 0.9, 0.24, 0.9])) == ["1a", "3a"])
  }

  @Test func `a score below the threshold or of a rejected label never fires`() throws {
    let plan = try plan()
    #expect(decisions(plan, only([0.49, 0.4999, 0.1])) == [])
    #expect(decisions(plan, only(Array(repeating: 0, count: 9))) == [])
  }

  @Test func `every keyword has its own threshold`() throws {
    let plan = try plan(thresholds: ["b": 0.8])
    #expect(plan.thresholds == [0.5, 0.8, .infinity])
    #expect(decisions(plan, [(0, 0.7), (0, 0.8), (0, 0.1), (0.6, 0)]) == ["1b", "3a"])
  }

  @Test func `the minimum count is of consecutive columns`() throws {
    let plan = try plan(count: 3)
    #expect(decisions(plan, only([0.9, 0.9, 0.4, 0.9, 0.9, 0.4])) == [])
    #expect(decisions(plan, only([0.9, 0.9, 0.4, 0.9, 0.9, 0.6, 0.9])) == ["5a"])
  }

  @Test func `the score is the mean of the last columns, zero before the first`() throws {
    let plan = try plan(smoothing: 0.4)
    #expect(plan.smoothingColumnCount == 4)
    #expect(decisions(plan, only([0.9, 0.9, 0.9])) == ["2a"])
    #expect(decisions(plan, only([1, 0, 0, 0, 1, 0, 0.5, 0.5])) == ["7a"])
    var decider = KeywordDecider(plan: plan)
    var last: Decision?
    for (index, value) in [Float(0.25), 0.5, 0.75, 0.625].enumerated() {
      last = decider.decide([value, 0, 0].span, at: index)
    }
    #expect(last == Decision(labelIndex: 0, score: 0.53125, threshold: 0.5))
  }

  @Test func `nothing follows within the refractory time`() throws {
    let columns = only([0.9, 0, 0.9, 0, 0, 0.9])
    #expect(decisions(try plan(refractory: 0.2), columns) == ["0a", "2a", "5a"])
    #expect(decisions(try plan(refractory: 0.3), columns) == ["0a", "5a"])
    // A word that rises within the time is not reported late, at its end.
    let late =
      [(0.9, 0), (0, 0), (0, 0.9), (0, 0.9), (0, 0.9), (0, 0), (0, 0.9)] as [(Float, Float)]
    #expect(decisions(try plan(refractory: 0.3), late) == ["0a", "6b"])
  }

  @Test func `of competing keywords the higher score wins, and only that one fires`() throws {
    let plan = try plan(thresholds: ["a": 0.3, "b": 0.3])
    #expect(decisions(plan, [(0.4, 0.5), (0.5, 0.4), (0.6, 0.4), (0.6, 0.4)]) == ["0b"])
    #expect(decisions(plan, [(0.45, 0.45)]) == ["0a"])
    // The loser is armed again after it has dropped.
    #expect(decisions(plan, [(0.4, 0.5), (0.1, 0.5), (0.6, 0.4)]) == ["0b", "2a"])
  }

  @Test func `nothing fires while the window is not full, but early columns count`() throws {
    let plan = try plan(count: 3, warmUp: 5)
    #expect(decisions(plan, only([0.9, 0.9, 0.9, 0.9, 0.9, 0.9])) == ["4a"])
    #expect(decisions(plan, only([0.9, 0.9, 0.9, 0, 0.9, 0.9, 0.9])) == ["6a"])
  }

  @Test func `reset equals a fresh decider`() throws {
    let plan = try plan(smoothing: 0.3, count: 2, refractory: 0.5)
    let columns = only([0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.9, 0.9, 0.9, 0.9, 0.9])
    var decider = KeywordDecider(plan: plan)
    let first = run(&decider, columns)
    #expect(!first.isEmpty)
    decider.reset()
    #expect(run(&decider, columns) == first)
  }

  @Test func `parameters outside their range give typed errors`() {
    func expect(_ error: SpottingError, _ change: (inout DetectionParameters) -> Void) {
      var parameters = DetectionParameters(
        smoothingSeconds: 0.1, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
        rearmRatio: 0.8, rejectLabels: ["_"])
      change(&parameters)
      #expect(throws: error) {
        try DecisionPlan(
          parameters, labels: ["a", "_"], sampleRate: 16_000, columnLength: 320,
          warmUpColumnCount: 48)
      }
    }
    // A thousand columns of 20 ms.
    for seconds: Float in [-1, 20.1, 60, .infinity] {
      expect(.parameter(field: "smoothingSeconds", found: seconds, 0...20)) {
        $0.smoothingSeconds = seconds
      }
    }
    expect(.parameter(field: "defaultThreshold", found: 0, 0.001...1)) { $0.defaultThreshold = 0 }
    expect(.parameter(field: "thresholds", found: 2, 0.001...1)) { $0.thresholds = ["a": 2] }
    expect(.parameter(field: "minimumCount", found: 0, 1...10_000)) { $0.minimumCount = 0 }
    expect(.parameter(field: "rearmRatio", found: 0, 0.001...1)) { $0.rearmRatio = 0 }
    expect(.unknownLabel(field: "thresholds", label: "c")) { $0.thresholds = ["c": 0.5] }
    expect(.unknownLabel(field: "rejectLabels", label: "c")) { $0.rejectLabels = ["c"] }
    let nan = DetectionParameters(
      smoothingSeconds: .nan, defaultThreshold: 0.5, minimumCount: 1, refractorySeconds: 1,
      rearmRatio: 0.8, rejectLabels: [])
    #expect(throws: SpottingError.self) {
      try DecisionPlan(
        nan, labels: ["a"], sampleRate: 16_000, columnLength: 320, warmUpColumnCount: 48)
    }
  }
}
