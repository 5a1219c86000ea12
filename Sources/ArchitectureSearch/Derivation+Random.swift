// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

extension Derivation {
  /// First stream word of the draws ("RAND").
  private static let stream: UInt32 = 0x5241_4E44

  /// Networks that are drawn before one is taken that does not use a limit to 95 %.
  private static let drawLimit = 100_000

  /// The first of networks drawn evenly that keeps all limits and uses one of them to 95 %: what a
  /// search has to beat. If none does, the one of those within the limits that uses most.
  ///
  /// - Returns: nil where no drawn network keeps the limits.
  package static func random(
    _ space: SearchSpace, limits: [CostLimit], tables: [CostTable], seed: UInt64
  ) -> Derivation? {
    var generator = CounterBasedGenerator(seed: seed, stream: stream)
    var best: Derivation?
    for _ in 0..<drawLimit {
      let choices = space.blocks.map {
        Int.random(in: $0.candidates.indices, using: &generator)
      }
      let used = zip(tables, limits).map { $0.cost(choices) / $1.most }.max() ?? 0
      guard used <= 1 else { continue }
      let drawn = Derivation(choices: choices, utilization: used, keepsLimits: true)
      if limits.isEmpty || drawn.isBinding { return drawn }
      if used > best?.utilization ?? -1 { best = drawn }
    }
    return best
  }
}
