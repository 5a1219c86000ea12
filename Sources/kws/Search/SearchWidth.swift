// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import ModelFormat

/// Chooses how wide a space is, where limits say how much its networks may cost.
enum SearchWidth {
  /// Eighths from a quarter to four.
  private static let widths = stride(from: 0.25, through: 4, by: 0.125)

  /// The widest space in which a network drawn at random keeps the limits on average: the search can
  /// then go both ways, to fewer and to costlier blocks.
  /// The narrowest where there is none.
  static func fitting(
    _ limits: [CostLimit], latencies: LatencyTable, space: (Double) -> SearchSpace
  ) throws -> SearchSpace {
    var chosen: SearchSpace?
    for width in widths {
      let candidate = space(width)
      let even = candidate.blocks.map { block in
        Array(repeating: 1 / Double(block.candidates.count), count: block.candidates.count)
      }
      let fits = try limits.allSatisfy { limit in
        let table = try CostTable(limit.metric, candidate, latencies: latencies)
        return table.expected(even) <= limit.most
      }
      guard fits else { break }
      chosen = candidate
    }
    return chosen ?? space(0.25)
  }
}
