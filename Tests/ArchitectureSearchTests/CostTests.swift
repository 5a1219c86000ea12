// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import Glibc
import ModelFormat
import Testing

@Suite struct CostTests {
  private static let spaces: [SearchSpace] = [
    .paper(coefficientCount: 10, width: 1, labelCount: 12), .stream(width: 1, labelCount: 12),
    .stream(width: 0.5, coefficientCount: 10, labelCount: 5),
  ]

  private func randomChoices(_ space: SearchSpace, _ count: Int) -> [[Int]] {
    var generator = CounterBasedGenerator(seed: 4, stream: 2)
    return (0..<count).map { _ in
      space.blocks.map { Int.random(in: $0.candidates.indices, using: &generator) }
    }
  }

  @Test(arguments: 0..<3) func `a network costs what its entries add up to`(_ index: Int) throws {
    let space = Self.spaces[index]
    for choices in randomChoices(space, 20) {
      let architecture = space.architecture(choices)
      let costs = try architecture.costs(framesPerSecond: space.framesPerSecond)
      #expect(
        try CostTable(.macs, space).cost(choices)
          == Double(costs.reduce(0) { $0 + $1.macPerWindow }))
      #expect(try CostTable(.bytes, space).cost(choices) == Double(architecture.byteCount()))
      let streamed = costs.reduce(0) { $0 + $1.macPerSecond }
      #expect(abs(try CostTable(.streamMACs, space).cost(choices) - streamed) < 1e-6 * streamed)
    }
  }

  @Test func `the expected cost is the mean over drawn networks`() throws {
    let space = Self.spaces[1]
    let table = try CostTable(.macs, space)
    let even = space.blocks.map { block in
      block.candidates.map { _ in 1 / Double(block.candidates.count) }
    }
    let costs = randomChoices(space, 4_000).map { table.cost($0) }
    let mean = costs.reduce(0, +) / Double(costs.count)
    #expect(abs(mean - table.expected(even)) < 0.01 * mean)
  }

  @Test func `the paper's space has its size and its widths`() throws {
    let space = SearchSpace.paper(coefficientCount: 10, width: 1.25, labelCount: 12)
    #expect(space.blocks.count == 12)
    #expect(abs(space.sizeLog10 - 15.32) < 0.01)  // 18 * 19^11
    // Its own network wm1.25_3 is in it: weights of table 4.1.
    let choices = [
      (7, 2), (7, 2), (7, 2), (5, 1), (5, 1), (7, 1), (7, 1), (7, 1), (7, 1), (7, 1), (5, 1),
      (7, 1),
    ].enumerated().map { block, candidate in
      space.blocks[block].candidates.firstIndex(
        of: .invertedResidual(
          kernel: Extent(time: candidate.0, frequency: candidate.0), expansion: candidate.1))!
    }
    let weights = try space.architecture(choices).geometry().reduce(0) { $0 + $1.weightCount }
    #expect(weights == 244_208)
  }

  @Test func `the gradient of the expected cost moves the logits against it`() {
    let table = CostTable(metric: .macs, fixed: 10, entries: [[0, 5, 20], [1, 1, 1]])
    let probabilities = [[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]]
    let gradient = ArchitectureParameters.logitGradient(
      gates: table.entries[0], probabilities: probabilities[0])
    // p_i * (c_i - mean), mean = 8.5.
    for (found, expected) in zip(gradient, [0.2 * -8.5, 0.5 * -3.5, 0.3 * 11.5]) {
      #expect(abs(found - expected) < 1e-12)
    }
    let flat = ArchitectureParameters.logitGradient(
      gates: table.entries[1], probabilities: probabilities[1])
    #expect(flat.allSatisfy { abs($0) < 1e-12 })
  }

  /// Candidates that are better the more they cost, by `gain`, against a limit below what they cost at
  /// first, with the pace of a search of 20 epochs.
  @Test(arguments: [0.003, 0.02, 0.1])
  func `the expected cost settles at its limit and does not fall below`(gain: Double) throws {
    let space = SearchSpace.stream(width: 0.5, labelCount: 12)
    let table = try CostTable(.macs, space)
    var architecture = ArchitectureParameters(space, seed: 1)
    let limit = 0.7 * table.expected(architecture.probabilities)
    let objective = CostObjective.limits([CostLimit(metric: .macs, most: limit)])
    var multipliers = CostMultipliers(objective)
    var generator = CounterBasedGenerator(seed: 3, stream: 7)
    let largest = table.entries.joined().max() ?? 1
    let stepCount = 1_300
    var least = Double.infinity
    for step in 1...stepCount {
      let probabilities = architecture.probabilities
      least = min(least, table.expected(probabilities))
      let gradient = table.entries.indices.map { block in
        ArchitectureParameters.logitGradient(
          gates: table.entries[block].map {
            gain * (Double(generator.nextNormal()) - ($0 / largest).squareRoot())
          }, probabilities: probabilities[block])
      }
      let pace = 1 - cos(.pi * Double(step) / Double(2 * stepCount))
      architecture.step(
        multipliers.gradient(
          objective, tables: [table], probabilities: probabilities, crossEntropy: 1,
          gradient: gradient, pace: pace),
        rate: 0.03 * pace)
    }
    #expect(abs(table.expected(architecture.probabilities) / limit - 1) < 0.1)
    #expect(least > 0.9 * limit)
  }
}
