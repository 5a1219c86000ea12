// SPDX-License-Identifier: GPL-3.0-or-later

import CAllocationCounter
import KeywordSpotting
import Testing
import ToneModel

struct SpottingResourceTests {
  /// A spotter with its samples, so that only `push` and `reset` run between two readings.
  private final class Line {
    var spotter: KeywordSpotter
    let samples = signal(80_000, [(20_000..<27_000, 400), (50_000..<57_000, 2400)])
    var detectionCount = 0

    init() throws { spotter = KeywordSpotter(plan: try SpottingPlan(model: toneModel())) }

    func run() {
      let samples = self.samples
      detectionCount = 0
      for start in stride(from: 0, to: 40_000, by: 160) {
        push(samples.span.extracting(start..<start + 160))
      }
      push(samples.span.extracting(40_000..<80_000))
      spotter.reset()
    }

    private func push(_ samples: Span<Float>) {
      var rest = samples
      while true {
        let progress = spotter.push(rest)
        guard progress.detection != nil else { return }
        detectionCount += 1
        rest = rest.extracting(droppingFirst: progress.consumedSampleCount)
      }
    }
  }

  @Test func `samples to detections allocates nothing and makes no system call`() throws {
    let line = try Line()
    line.run()
    let before = kws_allocation_count()
    line.run()
    #expect(kws_allocation_count() == before)
    #expect(line.detectionCount == 2)
    let context = unsafe Unmanaged.passUnretained(line).toOpaque()
    let result = unsafe kws_run_without_system_calls(
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Line>.fromOpaque(context).takeUnretainedValue().run()
      }, context)
    #expect(result == 0)
  }
}
