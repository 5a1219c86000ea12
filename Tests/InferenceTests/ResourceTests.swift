// SPDX-License-Identifier: GPL-3.0-or-later

import CAllocationCounter
import Inference
import ModelFormat
import Testing

struct ResourceTests {
  /// A stream with its input and output, so that only `process` runs between two readings.
  private final class Line {
    var network: StreamingNetwork
    let frames: [Float]
    var rows: [Float]

    init(_ architecture: Architecture, instructionSet: String) throws {
      var generator = SeededGenerator(7)
      let model = try quantizedModel(architecture, using: &generator)
      let plan = try InferencePlan(model: model, instructionSet: instructionSet)
      network = StreamingNetwork(plan: plan)
      frames = randomFrames(200, 40, using: &generator)
      rows = [Float](repeating: 0, count: 200 * 12)
    }

    func run() {
      let frames = self.frames
      var span = rows.mutableSpan
      for frame in 0..<100 {
        _ = network.process(frames.span.extracting(frame * 40..<frame * 40 + 40), into: &span)
      }
      _ = network.process(frames.span, into: &span)
      network.reset()
    }
  }

  @Test(
    arguments: [temporalArchitecture(), broadcastArchitecture()],
    InferencePlan.availableInstructionSets)
  func `processing allocates nothing`(architecture: Architecture, name: String) throws {
    let line = try Line(architecture, instructionSet: name)
    line.run()
    let before = kws_allocation_count()
    line.run()
    #expect(kws_allocation_count() == before)
    let probe = [Float](repeating: 0, count: 1000 + line.frames.count)
    #expect(kws_allocation_count() > before && probe.count > 1000, "the counter does not count")
  }

  @Test(
    arguments: [temporalArchitecture(), broadcastArchitecture()],
    InferencePlan.availableInstructionSets)
  func `processing makes no system call`(architecture: Architecture, name: String) throws {
    let line = try Line(architecture, instructionSet: name)
    line.run()
    let context = unsafe Unmanaged.passUnretained(line).toOpaque()
    let result = unsafe kws_run_without_system_calls(
      { context in
        guard let context = unsafe context else { return }
        unsafe Unmanaged<Line>.fromOpaque(context).takeUnretainedValue().run()
      }, context)
    #expect(result == 0)
  }

  @Test func `state is what the histories and one block of columns need`() throws {
    var generator = SeededGenerator(8)
    let model = try quantizedModel(temporalArchitecture(), using: &generator)
    let plan = try InferencePlan(model: model)
    // Histories of stem, depthwise and pool, then a block of each tensor that has one.
    let frames = plan.blockFrameCount
    let histories = 4 * 40 + 12 * 8 * 64 + 48 * 96
    let blocks = frames * 40 + frames / 2 * (12 * 64 + 96)
    #expect(plan.stateByteCount >= histories + blocks)
    #expect(plan.stateByteCount <= histories + blocks + 6000)
    #expect(StreamingNetwork(plan: plan).stateByteCount == plan.stateByteCount)
  }
}
