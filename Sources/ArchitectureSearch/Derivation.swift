// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The network that a search ends with.
package struct Derivation: Equatable, Sendable {
  /// Candidate by block.
  package var choices: [Int]

  /// The largest part of a limit that is used; 0 without limits.
  package var utilization: Double

  /// Whether all limits are kept.
  package var keepsLimits: Bool

  /// Whether all are kept and at least one to 95 %.
  package var isBinding: Bool { keepsLimits && utilization >= Self.leastUtilization }

  package static let leastUtilization = 0.95

  /// The most likely network that keeps all limits and uses one of them to 95 %; if there is none, the
  /// most likely that keeps them; if there is none either, the cheapest. Without limits the most
  /// likely.
  ///
  /// Blocks are taken one after the other; of all ways so far those are kept that no other beats in
  /// likelihood and every cost. Costs are compared in steps of a 1,000th of their limit, and of more
  /// than 5,000 ways the likeliest go on, which can only matter with several limits; the costs
  /// themselves are added up exactly.
  package init(probabilities: [[Double]], limits: [CostLimit], tables: [CostTable]) {
    let arguments = probabilities.map { block in
      block.indices.max { block[$0] < block[$1] } ?? 0
    }
    guard !limits.isEmpty else {
      self.init(choices: arguments, utilization: 0, keepsLimits: true)
      return
    }
    let most = limits.map(\.most)
    // The least that the blocks still to come will add.
    var least = [tables.map { _ in 0.0 }]
    for block in probabilities.indices.reversed() {
      least.append(
        tables.indices.map { least[least.count - 1][$0] + (tables[$0].entries[block].min() ?? 0) })
    }
    least.reverse()
    var ways = [Way(choices: [], likelihood: 0, costs: tables.map(\.fixed))]
    for block in probabilities.indices {
      var best: [[Int]: Way] = [:]
      for way in ways {
        for candidate in probabilities[block].indices {
          let costs = tables.indices.map { way.costs[$0] + tables[$0].entries[block][candidate] }
          let isPossible = costs.indices.allSatisfy {
            costs[$0] + least[block + 1][$0] <= most[$0] * (1 + 1e-12)
          }
          guard isPossible else { continue }
          let next = Way(
            choices: way.choices + [candidate],
            likelihood: way.likelihood + log(max(probabilities[block][candidate], 1e-300)),
            costs: costs)
          let key = costs.indices.map { Int(costs[$0] / most[$0] * Self.stepCount) }
          if best[key].map({ $0.likelihood < next.likelihood }) ?? true { best[key] = next }
        }
      }
      ways = best.keys.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { best[$0] }
      if ways.count > Self.wayLimit {
        ways.sort { $0.likelihood > $1.likelihood }
        ways.removeLast(ways.count - Self.wayLimit)
      }
    }
    func utilization(_ way: Way) -> Double {
      way.costs.indices.map { way.costs[$0] / most[$0] }.max() ?? 0
    }
    let binding = ways.filter { utilization($0) >= Self.leastUtilization }
    if let way = (binding.isEmpty ? ways : binding).max(by: { $0.likelihood < $1.likelihood }) {
      self.init(choices: way.choices, utilization: utilization(way), keepsLimits: true)
      return
    }
    // Nothing fits: what is least above, block by block.
    let cheapest = probabilities.indices.map { block in
      probabilities[block].indices.min { first, second in
        Self.weigh(first, block, tables, most) < Self.weigh(second, block, tables, most)
      } ?? 0
    }
    let costs = tables.indices.map { tables[$0].cost(cheapest) / most[$0] }
    self.init(choices: cheapest, utilization: costs.max() ?? 0, keepsLimits: false)
  }

  init(choices: [Int], utilization: Double, keepsLimits: Bool) {
    self.choices = choices
    self.utilization = utilization
    self.keepsLimits = keepsLimits
  }

  private static let stepCount = 1_000.0
  private static let wayLimit = 5_000

  private static func weigh(
    _ candidate: Int, _ block: Int, _ tables: [CostTable], _ most: [Double]
  ) -> Double {
    tables.indices.reduce(0) { $0 + tables[$1].entries[block][candidate] / most[$1] }
  }

  /// Choices of the first blocks.
  private struct Way {
    var choices: [Int]
    var likelihood: Double
    var costs: [Double]
  }
}
