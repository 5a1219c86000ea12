// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import ModelFormat
import NeuralNetwork
import SpeechFeatures
import Testing

/// The gradient by a gate is that by the gate of a network that has it: the candidate beside the chosen
/// one in the block's sum, its normalization multiplied by the gate.
@Suite struct GateGradientTests {
  private let labelCount = 12

  /// A space small enough for a test, with every kind of candidate.
  private func space(_ name: String) -> SearchSpace {
    let space: SearchSpace =
      name == "paper"
      ? .paper(coefficientCount: 10, width: 0.12, labelCount: labelCount)
      : .stream(width: 0.25, labelCount: labelCount)
    // Dropout's draws depend on the layer's place, which other candidates move.
    let parts = space.parts.map { part -> SearchSpace.Part in
      guard case .choice(var block) = part else { return part }
      block.dropout = nil
      return .choice(block)
    }
    return SearchSpace(
      name: name, features: space.features, windowFrameCount: space.windowFrameCount,
      parts: parts)
  }

  @Test(arguments: ["paper", "stream"])
  func `every gate's gradient is that of a network with the gate`(_ name: String) throws {
    let space = space(name)
    let blocks = space.blocks
    let supernet = try Supernet(space, seed: 3, threadCount: 2)
    // Paths with zero among the chosen, first and last candidates.
    for turn in 0..<3 {
      let choices = blocks.map { [$0.candidates.count - 1, 0, $0.candidates.count / 2][turn] }
      let probe = try supernet.probe(
        choices, candidates: blocks.map { Array($0.candidates.indices) })
      let batch = RandomBatch(space, clipCount: 20, labelCount: labelCount)
      batch.pass(probe.network, parameters: false)
      let gates = probe.gateGradients(space, clipCount: batch.clipCount)
      for block in [1, blocks.count / 2, blocks.count - 1] {
        for candidate in blocks[block].candidates.indices
        where blocks[block].candidates[candidate] != .zero {
          let expected = try gated(
            supernet, choices, block: block, candidate: candidate, batch)
          let found = gates[block][candidate]
          #expect(
            abs(found - expected) < 2e-4 * max(abs(expected), 0.05),
            "\(turn) \(blocks[block].name) \(blocks[block].candidates[candidate].name)")
        }
      }
    }
  }

  /// The gradient by the gate of one candidate: a depthwise layer of one tap behind the candidate, whose
  /// weights are all the gate's value, 1 for the chosen candidate and 0 for another.
  private func gated(
    _ supernet: Supernet, _ choices: [Int], block: Int, candidate: Int, _ batch: RandomBatch
  ) throws -> Double {
    let space = supernet.space
    var layers: [Layer] = []
    var place = 0
    for part in space.parts {
      guard case .choice(let own) = part else {
        if case .fixed(let fixed) = part { layers += fixed }
        continue
      }
      let source = layers[layers.count - 1].name
      let chosen = own.candidates[choices[place]]
      if place == block {
        let bare = own.bareLayers(chosen, source: source)
        layers += bare
        var addends = chosen == .zero ? [] : [source]
        var input = bare.last?.name ?? source
        if candidate != choices[place] {
          layers += own.bareLayers(own.candidates[candidate], source: source)
          addends.append("gate")
        } else {
          input = "gate"
        }
        layers.append(.depthwise("gate", kernel: .one, normalization: .none))
        layers.append(
          Layer(
            name: "sum", input: input, operation: .sum(with: addends),
            activation: own.activation))
      } else {
        layers += own.layers(chosen, source: source)
      }
      place += 1
    }
    let architecture = Architecture(
      name: "gated", coefficientCount: space.features.coefficientCount,
      windowFrameCount: space.windowFrameCount, layers: layers)
    let tensors = supernet.parameters.exportTensors()
    let network = try Network(architecture: architecture, sharing: ParameterStore(seed: 1))
    for parameter in network.parameters {
      let isOn: Float = candidate == choices[block] ? 1 : 0
      let known = tensors[parameter.name]?.values
      let value = parameter.value
      var span = value.mutableSpan
      for index in 0..<parameter.count {
        span[index] = known?[index] ?? (parameter.name == "gate.weight" ? isOn : 0)
      }
    }
    batch.pass(network)
    let gate = try #require(network.parameters.first { $0.name == "gate.weight" })
    return [Float](copying: gate.gradient).reduce(0) { $0 + Double($1) }
  }

  @Test(arguments: ["paper", "stream"])
  func `a path computes the same beside other candidates, and with memory of others`(
    _ name: String
  ) throws {
    let space = space(name)
    let supernet = try Supernet(space, seed: 5, threadCount: 2)
    let blocks = space.blocks
    let batch = RandomBatch(space, clipCount: 20, labelCount: labelCount)
    for turn in 0..<4 {
      let choices = blocks.enumerated().map { ($0 * 5 + turn * 3) % $1.candidates.count }
      let path = try supernet.network(choices)
      let pathLoss = batch.pass(path)
      let pathGradients = Dictionary(
        uniqueKeysWithValues: path.parameters.map { ($0.name, Array(copying: $0.gradient)) })
      let probe = try supernet.probe(
        choices, candidates: blocks.map { Array($0.candidates.indices) })
      let probeLoss = batch.pass(probe.network)
      #expect(abs(pathLoss - probeLoss) < 1e-5 * pathLoss)
      for parameter in path.parameters {
        let expected = pathGradients[parameter.name]!
        let found = [Float](copying: parameter.gradient)
        let difference = zip(expected, found).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
        let square = expected.reduce(0) { $0 + $1 * $1 }
        // The sums are rounded in another order; where that moves a value across zero, a clamp's
        // gradient moves with it.
        #expect(difference <= 4e-4 * square + 1e-9, "\(parameter.name)")
      }
    }
  }

  @Test func `gate gradients do not depend on the number of threads`() throws {
    let space = space("stream")
    let all = space.blocks.map { Array($0.candidates.indices) }
    let choices = space.blocks.map { _ in 1 }
    let results = try [1, 2, 3].map { threadCount in
      let supernet = try Supernet(space, seed: 5, threadCount: threadCount)
      let probe = try supernet.probe(choices, candidates: all)
      RandomBatch(space, clipCount: 20, labelCount: labelCount).pass(
        probe.network, parameters: false)
      return probe.gateGradients(space, clipCount: 20)
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }
}

extension Array where Element == Float {
  init(copying buffer: SharedBuffer<Float>) {
    let span = buffer.span
    self = (0..<buffer.count).map { span[$0] }
  }
}
