// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Testing
import WholeWindowReference

/// Runs `frames` in calls of the given sizes, used in turn; one call if there are none.
func run(
  _ network: inout StreamingNetwork, _ frames: [Float], chunks: [Int] = []
) -> [Float] {
  let plan = network.plan
  let count = plan.coefficientCount
  let total = frames.count / count
  var posteriors: [Float] = []
  var done = 0
  var turn = 0
  while done < total {
    let size = chunks.isEmpty ? total : min(chunks[turn % chunks.count], total - done)
    turn += 1
    var rows = [Float](
      repeating: -1, count: plan.largestColumnCount(frameCount: size) * plan.labels.count)
    var span = rows.mutableSpan
    let columns = network.process(
      frames.span.extracting(done * count..<(done + size) * count), into: &span)
    posteriors += rows[0..<columns * plan.labels.count]
    done += size
  }
  return posteriors
}

func posteriors(
  _ model: QuantizedModel, _ frames: [Float], instructionSet: String, chunks: [Int] = []
) throws -> [Float] {
  let plan = try InferencePlan(model: model, instructionSet: instructionSet)
  var network = StreamingNetwork(plan: plan)
  return run(&network, frames, chunks: chunks)
}

struct StreamingNetworkTests {
  @Test(arguments: 0..<100)
  func `the scalar engine equals a whole-window integer reference`(seed: Int) throws {
    var generator = SeededGenerator(UInt64(seed))
    let model = try quantizedModel(randomArchitecture(using: &generator), using: &generator)
    let frames = randomFrames(70, model.architecture.coefficientCount, using: &generator)
    let expected = try IntegerReference(model).posteriors(frames)
    let found = try posteriors(model, frames, instructionSet: "scalar")
    #expect(found == expected.flatMap { $0 })
    #expect(!found.isEmpty)
  }

  @Test(arguments: 0..<200)
  func `every instruction set gives the bits of the scalar form`(seed: Int) throws {
    var generator = SeededGenerator(UInt64(1000 + seed))
    let model = try quantizedModel(randomArchitecture(using: &generator), using: &generator)
    let frames = randomFrames(100, model.architecture.coefficientCount, using: &generator)
    let expected = try posteriors(model, frames, instructionSet: "scalar")
    for name in InferencePlan.availableInstructionSets {
      #expect(try posteriors(model, frames, instructionSet: name) == expected, "\(name)")
    }
  }

  @Test(arguments: 0..<40)
  func `any chunking gives the same posteriors`(seed: Int) throws {
    var generator = SeededGenerator(UInt64(2000 + seed))
    let model = try quantizedModel(randomArchitecture(using: &generator), using: &generator)
    let frames = randomFrames(150, model.architecture.coefficientCount, using: &generator)
    for name in InferencePlan.availableInstructionSets {
      let expected = try posteriors(model, frames, instructionSet: name)
      for chunks in [[1], [2], [3, 1, 7], [31], [32], [33, 1], [97, 5], [0, 1, 64]] {
        #expect(try posteriors(model, frames, instructionSet: name, chunks: chunks) == expected)
      }
    }
  }

  @Test(arguments: 0..<20)
  func `reset equals a fresh stream, and streams do not see each other`(seed: Int) throws {
    var generator = SeededGenerator(UInt64(3000 + seed))
    let model = try quantizedModel(randomArchitecture(using: &generator), using: &generator)
    let plan = try InferencePlan(model: model)
    let frames = randomFrames(80, model.architecture.coefficientCount, using: &generator)
    let other = randomFrames(45, model.architecture.coefficientCount, using: &generator)
    var first = StreamingNetwork(plan: plan)
    let expected = run(&first, frames)
    _ = run(&first, other)
    first.reset()
    #expect(run(&first, frames) == expected)
    var second = StreamingNetwork(plan: plan)
    _ = run(&first, other)
    #expect(run(&second, frames, chunks: [7]) == expected)
  }

  @Test func `a layer of time stride s emits with frame s`() throws {
    var generator = SeededGenerator(1)
    let model = try quantizedModel(temporalArchitecture(), using: &generator)
    let plan = try InferencePlan(model: model)
    #expect(plan.framesPerColumn == 2)
    #expect(plan.largestColumnCount(frameCount: 97) == 49)
    var network = StreamingNetwork(plan: plan)
    let frames = randomFrames(97, 40, using: &generator)
    for frame in 0..<97 {
      let row = Array(frames[frame * 40..<frame * 40 + 40])
      #expect(run(&network, row).count == (frame % 2 == 1 ? 12 : 0))
    }
  }

  @Test func `posteriors are probabilities`() throws {
    var generator = SeededGenerator(2)
    let model = try quantizedModel(temporalArchitecture(), using: &generator)
    var network = StreamingNetwork(plan: try InferencePlan(model: model))
    let rows = run(&network, randomFrames(97, 40, using: &generator))
    #expect(rows.count == 48 * 12)
    for column in 0..<48 {
      let row = rows[column * 12..<column * 12 + 12]
      #expect(row.allSatisfy { (0...1).contains($0) })
      #expect(abs(row.reduce(0, +) - 1) < 1e-5)
    }
  }
}

/// A temporal residual network of 64 channels: the shape of the default model.
func temporalArchitecture(channels: Int = 64, blocks: Int = 6) -> Architecture {
  let one = Extent(time: 1, frequency: 1)
  func pointwise(_ name: String, _ outputs: Int, residual: String? = nil) -> Layer {
    Layer(
      name: name,
      operation: .convolution(
        outputChannelCount: outputs, window: Window(kernel: one, stride: one, dilation: 1)),
      normalization: .batch, residual: residual, activation: .relu)
  }
  func depthwise(_ name: String) -> Layer {
    Layer(
      name: name,
      operation: .depthwise(
        window: Window(kernel: Extent(time: 9, frequency: 1), stride: one, dilation: 1)),
      normalization: .batch, activation: .relu)
  }
  var layers = [
    Layer(name: "channels", operation: .frequencyToChannels),
    Layer(
      name: "stem",
      operation: .convolution(
        outputChannelCount: channels,
        window: Window(
          kernel: Extent(time: 5, frequency: 1),
          stride: Extent(time: 2, frequency: 1), dilation: 1)),
      normalization: .batch, activation: .relu),
  ]
  for block in 0..<blocks {
    let before = layers[layers.count - 1].name
    layers.append(depthwise("block\(block).depthwise0"))
    layers.append(pointwise("block\(block).pointwise0", channels))
    layers.append(depthwise("block\(block).depthwise1"))
    layers.append(pointwise("block\(block).pointwise1", channels, residual: before))
  }
  layers.append(pointwise("mix", channels * 3 / 2))
  layers.append(Layer(name: "pool", operation: .averagePool))
  layers.append(Layer(name: "head", operation: .dense(outputCount: 12)))
  return Architecture(
    name: "temporal", coefficientCount: 40, windowFrameCount: 97, layers: layers)
}
