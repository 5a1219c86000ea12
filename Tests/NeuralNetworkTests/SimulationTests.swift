// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import NeuralNetwork
import Testing

/// The integers of the engine, simulated in training.
struct SimulationTests {
  private let clipCount = 10
  private let frameCount = 13

  private func step(_ network: Network, _ sgd: SGD, _ number: Int) -> Double {
    let gradient = SharedBuffer<Float>(zeroed: clipCount * network.labelCount)
    let logits = network.forward(
      randomFeatures(clipCount * frameCount * 11, seed: UInt64(number)), clipCount: clipCount,
      frameCount: frameCount, continues: Array(repeating: false, count: clipCount), history: nil,
      mode: .training, draw: UInt64(number))
    let result = CrossEntropy().evaluate(
      logits: logits, labels: (0..<clipCount).map { ($0 * 7 + number) % 4 },
      labelCount: network.labelCount, gradient: gradient)
    network.backward(logitsGradient: gradient, clipCount: clipCount)
    sgd.step(rate: 0.02)
    return result.loss
  }

  private func simulated(_ steps: Range<Int>) throws -> (Network, SGD) {
    let network = try Network(architecture: everyKindArchitecture(), seed: 4)
    network.bitWidths = try BitWidths(network.geometry, weights: [8])
    let sgd = SGD(parameters: network.parameters)
    for number in steps { _ = step(network, sgd, number) }
    return (network, sgd)
  }

  @Test func `every tensor between layers lies on a grid of 256 values with 0 among them`() throws {
    let (network, _) = try simulated(0..<3)
    let tensors = network.exportTensors()
    network.forward(
      randomFeatures(clipCount * frameCount * 11, seed: 50), clipCount: clipCount,
      frameCount: frameCount, continues: Array(repeating: false, count: clipCount), history: nil,
      mode: .inference)
    var checked = 0
    for (index, layer) in network.geometry.enumerated().dropLast() {
      guard tensors["quantization.logRange.\(layer.layer.name)"] != nil else { continue }
      let grid = try #require(network.quantization(layer: index))
      let (step, zeroPoint) = (grid.scale, Float(grid.zeroPoint))
      let output = try #require(network.output(layer: index))
      let all = values(output.buffer)
      for clip in 0..<clipCount {
        for value in all[output.range(clip: clip)] {
          let integer = (value / step).rounded() + zeroPoint
          #expect((0...255).contains(integer), "\(layer.layer.name)")
          #expect(abs(value / step + zeroPoint - integer) < 1e-2, "\(layer.layer.name)")
        }
      }
      checked += 1
    }
    // All layers but the change of view, and the last.
    #expect(checked == network.geometry.count - 2)
    #expect(tensors["quantization.logRange.input"] != nil)
  }

  @Test func `a sum adds up the rounded values of its addends`() throws {
    let (network, _) = try simulated(0..<3)
    network.forward(
      randomFeatures(clipCount * frameCount * 11, seed: 51), clipCount: clipCount,
      frameCount: frameCount, continues: Array(repeating: false, count: clipCount), history: nil,
      mode: .inference)
    func output(_ name: String) throws -> [Float] {
      let index = try #require(network.geometry.firstIndex { $0.layer.name == name })
      let tensor = try #require(network.output(layer: index))
      return Array(values(tensor.buffer)[tensor.range(clip: 3)])
    }
    let bands = try output("bands")
    let pointwise = try output("pointwise")
    let gate = try output("gate")
    let index = try #require(network.geometry.firstIndex { $0.layer.name == "joined" })
    let grid = try #require(network.quantization(layer: index))
    let step = grid.scale
    let range = [-Float(grid.zeroPoint) * step, Float(255 - grid.zeroPoint) * step]
    for (index, found) in try output("joined").enumerated() {
      // Six frequencies of five channels; the gate has one frequency.
      let broadcast = gate[index / 30 * 5 + index % 5]
      let expected = min(max(bands[index] + pointwise[index] + broadcast, range[0]), range[1])
      #expect(abs(found - expected) <= 0.501 * step, "\(index)")
    }
  }

  @Test func `weights on their grid compute as they do without simulation, others go to it`() throws
  {
    // Both channels reach 127. The last layer and, before the first step, the features have no grid.
    let architecture = Architecture(
      name: "dense", coefficientCount: 3, windowFrameCount: 1,
      layers: [
        Layer(name: "flat", operation: .frequencyToChannels),
        Layer(name: "head", operation: .dense(outputCount: 2)),
      ])
    let network = try Network(architecture: architecture, seed: 1)
    let weights = try #require(network.parameters.first)
    fill(weights.value, with: [127, -3, 64, -127, -127, 1].map { $0 / 127 })
    func logits() -> [Float] {
      values(
        network.forward(
          SharedBuffer([0.5, -1, 2]), clipCount: 1, frameCount: 1, continues: [false],
          history: nil, mode: .inference))
    }
    let plain = logits()
    network.bitWidths = try BitWidths(network.geometry, weights: [8])
    for (found, expected) in zip(logits(), plain) { #expect(abs(found - expected) < 1e-5) }
    // The same weights with one between two steps are rounded to the nearer.
    fill(weights.value, with: [127, -3, 64.4, -127, -127, 1].map { $0 / 127 })
    for (found, expected) in zip(logits(), plain) { #expect(abs(found - expected) < 1e-5) }
  }

  @Test func `simulated training goes on from its exported tensors bit for bit`() throws {
    let (network, sgd) = try simulated(0..<4)
    let saved = network.exportTensors().merging(sgd.exportTensors()) { first, _ in first }
    let losses = (4..<7).map { step(network, sgd, $0) }

    let other = try Network(architecture: everyKindArchitecture(), tensors: saved)
    other.bitWidths = network.bitWidths
    try other.loadQuantization(saved)
    let otherSGD = SGD(parameters: other.parameters)
    try otherSGD.load(saved)
    #expect((4..<7).map { step(other, otherSGD, $0) } == losses)
    #expect(other.exportTensors() == network.exportTensors())
  }

  @Test func `gradients pass through the rounding`() throws {
    // Steps that move weights by less than a step of their grid show in the loss only if the weights
    // themselves, not the rounded ones, keep the changes.
    let network = try Network(architecture: everyKindArchitecture(), seed: 4)
    network.bitWidths = try BitWidths(network.geometry, weights: [8])
    let sgd = SGD(parameters: network.parameters)
    let first = (0..<40).map { _ in step(network, sgd, 1) }
    #expect(first[39] < 0.9 * first[0], "\(first[0]) to \(first[39])")
  }
}
