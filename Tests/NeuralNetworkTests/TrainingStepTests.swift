// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import NeuralNetwork
import Testing

struct TrainingStepTests {
  private let clipCount = 22
  private let frameCount = 13

  /// Some steps of training on fixed data, continuing every other clip.
  private func train(
    _ network: Network, _ sgd: SGD, _ history: StreamHistory, steps: Range<Int>
  ) -> [Double] {
    let gradient = SharedBuffer<Float>(zeroed: clipCount * network.labelCount)
    return steps.map { step in
      let logits = network.forward(
        randomFeatures(clipCount * frameCount * 11, seed: UInt64(step)), clipCount: clipCount,
        frameCount: frameCount, continues: (0..<clipCount).map { ($0 + step) % 2 == 0 },
        history: history, mode: .training)
      let result = CrossEntropy(labelSmoothing: 0.1).evaluate(
        logits: logits, labels: (0..<clipCount).map { ($0 * 7 + step) % 4 },
        labelCount: network.labelCount, gradient: gradient)
      network.backward(logitsGradient: gradient, clipCount: clipCount)
      sgd.step(rate: 0.05)
      return result.loss
    }
  }

  @Test func `a network that nobody holds any more is gone with all its layers`() throws {
    weak var parameter: Parameter?
    do {
      let network = try Network(architecture: everyKindArchitecture(), seed: 11)
      let history = StreamHistory(network: network, clipCount: clipCount)
      let sgd = SGD(parameters: network.parameters, weightDecay: 0)
      _ = train(network, sgd, history, steps: 0..<1)
      parameter = network.parameters.first
      #expect(parameter != nil)
    }
    #expect(parameter == nil)
  }

  @Test func `one seed gives the same bits at any thread count`() throws {
    var results: [[String: FloatTensor]] = []
    var losses: [[Double]] = []
    for threadCount in [1, 2, 3] {
      let network = try Network(architecture: everyKindArchitecture(), seed: 11)
      network.threadCount = threadCount
      let sgd = SGD(parameters: network.parameters, weightDecay: 1e-3)
      let history = StreamHistory(network: network, clipCount: clipCount)
      losses.append(train(network, sgd, history, steps: 0..<8))
      results.append(
        network.exportTensors().merging(history.exportTensors()) { first, _ in first })
    }
    #expect(results[1] == results[0])
    #expect(results[2] == results[0])
    #expect(losses[1] == losses[0] && losses[2] == losses[0])
  }

  @Test func `a network goes on from its exported tensors bit for bit`() throws {
    let network = try Network(architecture: everyKindArchitecture(), seed: 12)
    let sgd = SGD(parameters: network.parameters, weightDecay: 1e-3)
    let history = StreamHistory(network: network, clipCount: clipCount)
    _ = train(network, sgd, history, steps: 0..<3)
    var saved = network.exportTensors()
    saved.merge(sgd.exportTensors()) { first, _ in first }
    saved.merge(history.exportTensors()) { first, _ in first }
    let losses = train(network, sgd, history, steps: 3..<6)

    let other = try Network(architecture: everyKindArchitecture(), tensors: saved)
    let otherSGD = SGD(parameters: other.parameters, weightDecay: 1e-3)
    try otherSGD.load(saved)
    let otherHistory = StreamHistory(network: other, clipCount: clipCount)
    try otherHistory.load(saved)
    #expect(train(other, otherSGD, otherHistory, steps: 3..<6) == losses)
    #expect(other.exportTensors() == network.exportTensors())
    #expect(otherSGD.exportTensors() == sgd.exportTensors())
    #expect(otherHistory.exportTensors() == history.exportTensors())
  }

  @Test func `a missing or misshapen tensor is named`() throws {
    var tensors = try Network(architecture: everyKindArchitecture(), seed: 1).exportTensors()
    tensors["stem.weight"]?.shape = [3, 5, 5, 1]
    #expect(
      throws: NeuralNetworkError.shape(
        name: "stem.weight", expected: [3, 5, 1, 5], found: [3, 5, 5, 1], valueCount: 75)
    ) { try Network(architecture: everyKindArchitecture(), tensors: tensors) }
    tensors["stem.weight"] = nil
    #expect(throws: NeuralNetworkError.missingTensor(name: "stem.weight")) {
      try Network(architecture: everyKindArchitecture(), tensors: tensors)
    }
  }

  @Test func `a number of steps that is none is refused, the largest is not`() throws {
    let network = try Network(architecture: everyKindArchitecture(), seed: 1)
    let adam = Adam(parameters: network.parameters)
    var tensors = adam.exportTensors()
    for found: Float in [1e30, -1, 0.5, 33_554_432, .infinity] {
      tensors["optimizer.step"]!.values = [found]
      #expect(
        throws: NeuralNetworkError.value(
          name: "optimizer.step", expected: "a whole number to 2^24", found: found)
      ) { try adam.load(tensors) }
    }
    tensors["optimizer.step"]!.values = [16_777_216]
    try adam.load(tensors)
    #expect(adam.exportTensors() == tensors)
  }

  /// The label is the coefficient with a burst somewhere in the clip, under noise.
  @Test func `a small network learns which coefficient is loud`() throws {
    let network = try Network(architecture: everyKindArchitecture(), seed: 13)
    let adam = Adam(parameters: network.parameters, weightDecay: 0.01)
    let gradient = SharedBuffer<Float>(zeroed: 64 * network.labelCount)
    let schedule = CosineSchedule(peakRate: 0.01, warmUpStepCount: 10, stepCount: 150)
    func batch(_ seed: UInt64) -> (SharedBuffer<Float>, [Int]) {
      var generator = CounterBasedGenerator(seed: seed, stream: 5)
      var clips: [Float] = []
      var labels: [Int] = []
      for _ in 0..<64 {
        let label = Int.random(in: 0..<4, using: &generator)
        let start = Int.random(in: 0..<8, using: &generator)
        labels.append(label)
        for frame in 0..<12 {
          for coefficient in 0..<11 {
            let loud = coefficient == 1 + 2 * label && (start..<start + 4).contains(frame)
            clips.append(generator.nextNormal() * 0.5 + (loud ? 3 : 0))
          }
        }
      }
      return (SharedBuffer(clips), labels)
    }
    func run(_ seed: UInt64, mode: Network.Mode) -> CrossEntropy.Result {
      let (features, labels) = batch(seed)
      let logits = network.forward(
        features, clipCount: 64, frameCount: 12,
        continues: [Bool](repeating: false, count: 64), history: nil, mode: mode)
      return CrossEntropy().evaluate(
        logits: logits, labels: labels, labelCount: 4, gradient: gradient)
    }
    for step in 0..<150 {
      _ = run(UInt64(step), mode: .training)
      network.backward(logitsGradient: gradient, clipCount: 64)
      adam.step(rate: schedule.rate(step: step))
    }
    #expect(run(1_000, mode: .inference).correctCount >= 60)
  }

  @Test func `the schedule rises linearly and falls along a cosine`() {
    let schedule = CosineSchedule(peakRate: 2, warmUpStepCount: 4, stepCount: 14)
    #expect((0..<4).map { schedule.rate(step: $0) } == [0.5, 1, 1.5, 2])
    #expect(schedule.rate(step: 4) == 2)
    #expect(abs(schedule.rate(step: 9) - 1) < 1e-6)
    #expect(schedule.rate(step: 14) == 0)
  }
}
