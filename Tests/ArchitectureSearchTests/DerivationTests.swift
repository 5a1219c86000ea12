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
}
