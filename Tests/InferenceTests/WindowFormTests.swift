// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Testing
import WholeWindowReference

/// Blocks of any length, a whole clip among them, and sizes that fill no vector.
struct WindowFormTests {
  /// The last row of every clip, one after the other, each from reset.
  private func answers(
    _ model: QuantizedModel, _ clips: [[Float]], instructionSet: String, blockFrameCount: Int
  ) throws -> [[Float]] {
    let plan = try InferencePlan(
      model: model, instructionSet: instructionSet, blockFrameCount: blockFrameCount)
    var network = StreamingNetwork(plan: plan)
    return clips.map { clip in
      var row = [Float](repeating: -1, count: plan.labels.count)
      var room = row.mutableSpan
      network.reset()
      let count = network.process(clip.span, into: &room, answers: .newest)
      return count == 1 ? row : []
    }
  }

  @Test(arguments: 0..<60)
  func `the window form answers a clip with the bits of the stream's last column`(
    seed: Int
  ) throws {
    var generator = SeededGenerator(UInt64(4000 + seed))
    let model = try quantizedModel(randomArchitecture(using: &generator), using: &generator)
    let window = model.architecture.windowFrameCount
    let clips = (0..<3).map { _ in
      randomFrames(window, model.architecture.coefficientCount, using: &generator)
    }
    let labelCount = model.labels.count
    let expected = try clips.map {
      Array(try posteriors(model, $0, instructionSet: "scalar", chunks: [1]).suffix(labelCount))
    }
    for name in InferencePlan.availableInstructionSets {
      for block in [window, 1, 7, window + 5] {
        let found = try answers(model, clips, instructionSet: name, blockFrameCount: block)
        #expect(found == expected, "\(name), blocks of \(block)")
      }
    }
  }

  @Test(
    arguments: [1, 3, 5, 10, 24, 40, 72, 276],
    ["1x1", "3x3", "5x5", "7x7", "1x3", "3x1", "10x4"])
  func `awkward channels and kernels give the same bits in every form`(
    channels: Int, kernel: String
  ) throws {
    let sides = kernel.split(separator: "x").map { Int($0)! }
    let extent = Extent(time: sides[0], frequency: sides[1])
    for (index, stride) in [(1, 1), (2, 1), (1, 2), (2, 2)].enumerated() {
      var generator = SeededGenerator(UInt64(5000 + channels * 10 + index))
      let stride = Extent(time: stride.0, frequency: stride.1)
      let dilation = index == 1 ? 2 : 1
      let normalization: Normalization = index == 0 ? .subSpectral(bandCount: 2) : .batch
      let window = Window(kernel: extent, stride: stride, dilation: dilation)
      let square = Window(kernel: extent)
      let model = try quantizedModel(
        Architecture(
          name: "awkward", coefficientCount: 8, windowFrameCount: 22,
          layers: [
            Layer(
              name: "stem",
              operation: .convolution(outputChannelCount: channels, window: window),
              normalization: normalization, activation: .hardSwish),
            Layer(
              name: "depthwise", operation: .depthwise(window: square), normalization: .batch,
              residual: "stem", activation: .relu),
            Layer(
              name: "strided", operation: .depthwise(window: window), normalization: .batch,
              activation: .relu6),
            Layer(name: "pool", operation: .averagePool),
            Layer(name: "head", operation: .dense(outputCount: 12)),
          ]), using: &generator)
      let frames = randomFrames(22, 8, using: &generator)
      let expected = try IntegerReference(model).posteriors(frames).flatMap { $0 }
      #expect(!expected.isEmpty)
      for name in InferencePlan.availableInstructionSets {
        for chunks in [[], [1], [3]] {
          let found = try posteriors(model, frames, instructionSet: name, chunks: chunks)
          #expect(found == expected, "\(name) \(stride) \(chunks)")
        }
        let last = try answers(model, [frames], instructionSet: name, blockFrameCount: 22)
        #expect(last == [Array(expected.suffix(12))], "\(name) \(stride)")
      }
    }
  }
}
