// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import Testing

@Suite struct DerivationTests {
  @Test func `without limits the likeliest candidates are taken`() {
    let derivation = Derivation(
      probabilities: [[0.1, 0.9], [0.5, 0.3, 0.2]], limits: [], tables: [])
    #expect(derivation.choices == [1, 0])
    #expect(derivation.keepsLimits)
  }

  @Test func `of all networks within the limits the likeliest that uses one is taken`() {
    var generator = CounterBasedGenerator(seed: 8, stream: 3)
    for _ in 0..<20 {
      func block(_ count: Int, _ scale: Double) -> [Double] {
        (0..<count).map { _ in scale * Double(generator.nextUniform()) }
      }
      let shape = [4, 3, 5, 4, 2, 3]
      let probabilities = shape.map { count in
        let values = block(count, 1)
        return values.map { $0 / values.reduce(0, +) }
      }
      let tables = [CostMetric.macs, .bytes].map { metric in
        CostTable(metric: metric, fixed: 50, entries: shape.map { block($0, 100) })
      }
      let limits = [CostLimit(metric: .macs, most: 330), CostLimit(metric: .bytes, most: 360)]
      let found = Derivation(probabilities: probabilities, limits: limits, tables: tables)
      var best: (choices: [Int], likelihood: Double)?
      func visit(_ choices: [Int], _ likelihood: Double) {
        guard choices.count < shape.count else {
          let used = zip(tables, limits).map { $0.cost(choices) / $1.most }
          if used.allSatisfy({ $0 <= 1 }), used.max()! >= Derivation.leastUtilization,
            likelihood > best?.likelihood ?? 0
          {
            best = (choices, likelihood)
          }
          return
        }
        for (index, probability) in probabilities[choices.count].enumerated() {
          visit(choices + [index], likelihood * probability)
        }
      }
      visit([], 1)
      guard let best else { continue }
      #expect(found.isBinding)
      // Costs are compared in steps, so another network may be as good to a thousandth.
      let likelihood = zip(probabilities, found.choices).reduce(1) { $0 * $1.0[$1.1] }
      #expect(likelihood >= 0.98 * best.likelihood)
    }
  }

  @Test func `where nothing fits the cheapest is taken and said to be too much`() {
    let table = CostTable(metric: .bytes, fixed: 10, entries: [[5, 1], [7, 3]])
    let derivation = Derivation(
      probabilities: [[0.9, 0.1], [0.9, 0.1]], limits: [CostLimit(metric: .bytes, most: 12)],
      tables: [table])
    #expect(derivation.choices == [1, 1])
    #expect(!derivation.keepsLimits)
  }

  @Test func `a network that uses too little is said not to bind`() {
    let table = CostTable(metric: .bytes, fixed: 10, entries: [[5, 1], [7, 3]])
    let derivation = Derivation(
      probabilities: [[0.9, 0.1], [0.9, 0.1]], limits: [CostLimit(metric: .bytes, most: 100)],
      tables: [table])
    #expect(derivation.choices == [0, 0])
    #expect(derivation.keepsLimits && !derivation.isBinding)
  }

  @Test func `networks at random are drawn evenly among those within the limits`() throws {
    let table = CostTable(
      metric: .macs, fixed: 50,
      entries: [[0, 11, 18, 29, 40], [0, 8, 14, 31], [0, 3, 17, 22, 35]])
    let limits = [CostLimit(metric: .macs, most: 110)]
    var counts: [[Int]: Int] = [:]
    for first in 0..<5 {
      for second in 0..<4 {
        for third in 0..<5 {
          let choices = [first, second, third]
          let used = table.cost(choices) / 110
          if used <= 1, used >= Derivation.leastUtilization { counts[choices] = 0 }
        }
      }
    }
    #expect(counts.count >= 6)
    let drawCount = 400
    for seed in 0..<drawCount {
      let drawn = try #require(
        Derivation.random(
          candidateCounts: [5, 4, 5], limits: limits, tables: [table], seed: UInt64(seed)))
      #expect(drawn.isBinding)
      let count = try #require(counts[drawn.choices])
      counts[drawn.choices] = count + 1
    }
    // Chi-squared over n networks: mean n - 1, variance 2 (n - 1).
    let expected = Double(drawCount) / Double(counts.count)
    let chiSquared = counts.values.reduce(0) {
      $0 + (Double($1) - expected) * (Double($1) - expected) / expected
    }
    let freedom = Double(counts.count - 1)
    #expect(chiSquared < freedom + 4 * (2 * freedom).squareRoot())
  }

  @Test func `a narrow limit of a large space is met at random`() throws {
    let space = SearchSpace.paper(coefficientCount: 10, width: 0.5, labelCount: 12)
    let table = try CostTable(.macs, space)
    let limits = [CostLimit(metric: .macs, most: 1.31e6)]
    let drawn = (1...4).compactMap { seed in
      Derivation.random(
        candidateCounts: space.blocks.map(\.candidates.count), limits: limits, tables: [table],
        seed: seed)
    }
    #expect(drawn.count == 4 && drawn.allSatisfy(\.isBinding))
    #expect(Set(drawn.map(\.choices)).count == 4)
    #expect(
      Derivation.random(
        candidateCounts: space.blocks.map(\.candidates.count),
        limits: [CostLimit(metric: .macs, most: 1)], tables: [table], seed: 1) == nil)
  }
}
