// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Draws paths: a function of the seed and the number of the step.
package struct PathSampler: Sendable {
  private let seed: UInt64
  private let candidateCounts: [Int]

  /// First stream words: fair draws ("FAIR"), draws by probability ("PATH"), second ones ("PAIR").
  private enum Stream {
    static let fair: UInt32 = 0x4641_4952
    static let path: UInt32 = 0x5041_5448
    static let pair: UInt32 = 0x5041_4952
  }

  package init(_ space: SearchSpace, seed: UInt64) {
    self.seed = seed
    candidateCounts = space.blocks.map(\.candidates.count)
  }

  /// A path in which no candidate is favoured: every block deals its candidates from a shuffled deck,
  /// so that in as many steps as there are candidates each was trained once (Chu et al., FairNAS,
  /// arXiv 1907.01845).
  package func fair(step: Int) -> [Int] {
    candidateCounts.enumerated().map { block, count in
      var generator = CounterBasedGenerator(
        seed: seed, stream: Stream.fair, UInt32(block), UInt32(step / count))
      return (0..<count).shuffled(using: &generator)[step % count]
    }
  }

  /// A path drawn with `probabilities`, `[block][candidate]`.
  package func path(step: Int, probabilities: [[Double]]) -> [Int] {
    candidateCounts.indices.map { block in
      var generator = CounterBasedGenerator(
        seed: seed, stream: Stream.path, UInt32(block), UInt32(step))
      return Self.draw(probabilities[block], &generator)
    }
  }

  /// For every block a candidate other than the path's, drawn with what is left of `probabilities`;
  /// the path's own where there is no other.
  package func rivals(
    of path: [Int], step: Int, probabilities: [[Double]]
  ) -> [Int] {
    candidateCounts.indices.map { block in
      guard candidateCounts[block] > 1 else { return path[block] }
      var generator = CounterBasedGenerator(
        seed: seed, stream: Stream.pair, UInt32(block), UInt32(step))
      var rest = probabilities[block]
      rest[path[block]] = 0
      let sum = rest.reduce(0, +)
      guard sum > 0 else { return (path[block] + 1) % candidateCounts[block] }
      return Self.draw(rest.map { $0 / sum }, &generator)
    }
  }

  private static func draw(
    _ probabilities: [Double], _ generator: inout CounterBasedGenerator
  ) -> Int {
    var left = Double(generator.nextUniform())
    for (index, probability) in probabilities.enumerated() {
      left -= probability
      if left < 0 { return index }
    }
    // What rounding left over belongs to the last one that can be drawn.
    return probabilities.lastIndex { $0 > 0 } ?? 0
  }
}
