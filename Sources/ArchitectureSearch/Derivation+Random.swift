// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

extension Derivation {
  /// First stream word of the draws ("RAND").
  private static let stream: UInt32 = 0x5241_4E44

  /// Proposals of a walk: some hundred times those that it takes to change every block.
  private static let stepCount = 20_000

  /// One of the networks that keep all limits and use one of them to 95 %, drawn evenly: what a search
  /// has to beat. Where there is none, one of those that keep the limits.
  ///
  /// Networks drawn one by one meet narrow limits too seldom: of the paper's space at half width none
  /// of 100,000 costs as little as 1.35 M multiply-accumulates. Hence a walk from network to network
  /// within the limits (Metropolis): two blocks, or one, change at a time, to candidates drawn evenly, and
  /// what leaves the limits is not done. As a change and its reverse are as likely, every network
  /// that can be reached is as likely in the end.
  ///
  /// - Parameter candidateCounts: candidates of each block.
  /// - Returns: nil where no network keeps the limits.
  package static func random(
    candidateCounts: [Int], limits: [CostLimit], tables: [CostTable], seed: UInt64
  ) -> Derivation? {
    let even = candidateCounts.map { [Double](repeating: 1 / Double($0), count: $0) }
    var drawn = Derivation(probabilities: even, limits: limits, tables: tables)
    guard drawn.keepsLimits else { return nil }
    let least = drawn.isBinding ? leastUtilization : 0
    var generator = CounterBasedGenerator(seed: seed, stream: stream)
    for _ in 0..<stepCount {
      var choices = drawn.choices
      for _ in 0..<2 {
        let block = Int.random(in: choices.indices, using: &generator)
        choices[block] = Int.random(in: 0..<candidateCounts[block], using: &generator)
      }
      let used = zip(tables, limits).map { $0.cost(choices) / $1.most }.max() ?? 0
      guard used <= 1, used >= least else { continue }
      drawn = Derivation(choices: choices, utilization: used, keepsLimits: true)
    }
    return drawn
  }
}
