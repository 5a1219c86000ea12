// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import CAllocationCounter
import KeywordSpotting
import StreamSpotting
import Testing
import ToneModel

@Suite struct SpottingLineTests {
  private let samples = signal(80_000, [(20_000..<27_000, 400), (50_000..<57_000, 2_400)])

  @Test func `every step says what happened, in order`() throws {
    var line = SpottingLine(plan: try SpottingPlan(model: toneModel()))
    var source = Pieces(samples, origin: 5_000)
    var found: [Detection] = []
    var heard: [Float] = []
    var idleCount = 0
    #expect(try line.step(&source) == .restarted(at: 5_000))
    stepping: while true {
      switch try line.step(&source) {
      case .detection(let detection):
        // Told before the samples that it came with count as heard.
        #expect(detection.at < line.position && detection.at >= 5_000 + heard.count - 1_000)
        found.append(detection)
      case .samples(let count):
        #expect(line.newestSamples.count == count)
        for index in 0..<count { heard.append(line.newestSamples[index]) }
        #expect(line.position == 5_000 + heard.count)
      case .idle: idleCount += 1
      case .restarted: Issue.record("no second restart")
      case .end: break stepping
      }
    }
    #expect(try line.step(&source) == .end)
    #expect(heard == samples && idleCount > 30)
    #expect(found.map(\.label) == ["low", "high"] && found.allSatisfy { $0.start > 20_000 })
    #expect(line.newestPosteriors.count == 3)
  }

  @Test func `a line without memory starts another plan cold`() throws {
    let plan = try SpottingPlan(model: toneModel())
    var line = SpottingLine(plan: plan)
    var source = Pieces(samples)
    while line.position < 30_000 { _ = try line.step(&source) }
    line.replaceSpotter(plan: try SpottingPlan(model: toneModel()))
    #expect(line.plan !== plan)
    var found: [Detection] = []
    while true {
      let step = try line.step(&source)
      if case .detection(let detection) = step { found.append(detection) }
      if step == .end { break }
    }
    #expect(found.map(\.label) == ["high"] && abs(found[0].start - 50_000) < 320)
  }

  /// A line with its source, so that only steps run between two readings.
  private final class Stepper {
    var line: SpottingLine
    var source: Pieces

    init(_ samples: [Float]) throws {
      line = SpottingLine(
        plan: try SpottingPlan(model: toneModel(), nearMissRatio: 0.5), keepsRecentSamples: true)
      source = Pieces(samples)
    }

    func run(to position: Int) throws -> Int {
      var detectionCount = 0
      while line.position < position {
        if case .detection = try line.step(&source) { detectionCount += 1 }
      }
      return detectionCount
    }
  }

  @Test func `a step allocates nothing`() throws {
    let stepper = try Stepper(samples + samples)
    #expect(try stepper.run(to: 80_000) == 2)
    let before = kws_allocation_count()
    let count = try stepper.run(to: 159_000)
    let after = kws_allocation_count()
    #expect(count == 2 && after == before)
  }
}
