// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import NeuralNetwork
import Testing

struct GradientTests {
  /// Single precision leaves noise in differences; directions over a whole parameter average it out.
  @Test func `the gradient of every parameter is the slope of the loss`() throws {
    // A slope has kinks where an activation has one, so activations are left out here; the recorded
    // gradients of another implementation cover them.
    var architecture = everyKindArchitecture()
    for index in architecture.layers.indices {
      architecture.layers[index].activation = .none
      if architecture.layers[index].name == "gate" { architecture.layers[index].dropout = 0.3 }
    }
    let network = try Network(architecture: architecture, seed: 5)
    let clipCount = 6
    // Odd, and more columns than the pool averages.
    let frameCount = 15
    let features = randomFeatures(clipCount * frameCount * 11, seed: 1)
    let before = randomFeatures(clipCount * frameCount * 11, seed: 2)
    let continues = [true, false, true, true, false, true]
    let labels = [0, 1, 2, 3, 1, 2]
    let loss = CrossEntropy(labelSmoothing: 0.1)
    let history = StreamHistory(network: network, clipCount: clipCount)
    network.forward(
      before, clipCount: clipCount, frameCount: frameCount,
      continues: [Bool](repeating: false, count: clipCount), history: history, mode: .training)
    let past = history.exportTensors()

    func evaluate(gradient: SharedBuffer<Float>?) throws -> Double {
      try history.load(past)
      let logits = network.forward(
        features, clipCount: clipCount, frameCount: frameCount, continues: continues,
        history: history, mode: .training, draw: 7)
      return loss.evaluate(
        logits: logits, labels: labels, labelCount: network.labelCount, gradient: gradient
      ).loss
    }

    let gradient = SharedBuffer<Float>(zeroed: clipCount * network.labelCount)
    _ = try evaluate(gradient: gradient)
    network.backward(logitsGradient: gradient, clipCount: clipCount)
    #expect(network.parameters.count == 36)
    for (index, parameter) in network.parameters.enumerated() {
      let analytic = values(parameter.gradient)
      let original = values(parameter.value)
      #expect(analytic.contains { $0 != 0 }, "\(parameter.name)")
      for round in 0..<3 {
        var generator = CounterBasedGenerator(seed: 9, stream: UInt32(index), UInt32(round))
        let direction = original.map { _ in Double(generator.nextUniform() < 0.5 ? -1 : 1) }
        let slope = zip(analytic, direction).reduce(0.0) { $0 + Double($1.0) * $1.1 }
        let length = analytic.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        func shifted(by step: Double) throws -> Double {
          fill(
            parameter.value, with: zip(original, direction).map { Float(Double($0) + step * $1) })
          return try evaluate(gradient: nil)
        }
        // Small steps meet rounding, large ones curvature: the best of three counts.
        let errors = try [4e-3, 1e-3, 2.5e-4].map { step in
          abs((try shifted(by: step) - shifted(by: -step)) / (2 * step) - slope)
        }
        #expect(
          (errors.min() ?? .infinity) < 0.01 * length + 2e-4,
          "\(parameter.name): slope \(slope), errors \(errors)")
      }
      fill(parameter.value, with: original)
    }
  }
}
