// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import Quantization
import Testing

@Suite struct BitBudgetTests {
  private typealias Choice = BitBudget.Choice

  private func random(_ seed: UInt64, layerCount: Int) -> BitBudget {
    var generator = CounterBasedGenerator(seed: seed, stream: 1)
    return BitBudget(
      layers: (0..<layerCount).map { _ in
        let weights = 1 + Int(generator.nextUniform() * 40)
        return [1, 2, 4, 8].map { bits in
          Choice(
            bitCount: bits, byteCount: (weights * bits + 7) / 8,
            cost: Double(generator.nextUniform()) / Double(bits))
        }
      })
  }

  /// The least cost over all combinations.
  private func bruteForce(_ budget: BitBudget, byteCount: Int) -> Double? {
    var best: Double?
    func go(_ layer: Int, _ bytes: Int, _ cost: Double) {
      guard bytes <= byteCount else { return }
      guard layer < budget.layers.count else {
        best = min(best ?? .infinity, cost)
        return
      }
      for choice in budget.layers[layer] {
        go(layer + 1, bytes + choice.byteCount, cost + choice.cost)
      }
    }
    go(0, 0, 0)
    return best
  }

  @Test func `the choice is the cheapest of all that fit`() {
    for seed in 0..<30 as Range<UInt64> {
      let budget = random(seed, layerCount: 5)
      for bytes in stride(from: 5, to: 220, by: 7) {
        let found = budget.choices(byteCount: bytes)
        let expected = bruteForce(budget, byteCount: bytes)
        #expect((found == nil) == (expected == nil))
        guard let found, let expected else { continue }
        #expect(found.reduce(0) { $0 + $1.byteCount } <= bytes)
        #expect(abs(found.reduce(0) { $0 + $1.cost } - expected) < 1e-9)
      }
    }
  }

  @Test func `with room for everything each layer has its cheapest choice`() {
    let budget = random(3, layerCount: 6)
    let choices = budget.choices(byteCount: 1 << 40)
    #expect(choices == budget.layers.map { $0.min { $0.cost < $1.cost }! })
  }

  @Test func `less than the smallest choices is impossible`() {
    let budget = random(4, layerCount: 4)
    #expect(budget.choices(byteCount: budget.leastByteCount) != nil)
    #expect(budget.choices(byteCount: budget.leastByteCount - 1) == nil)
  }
}
