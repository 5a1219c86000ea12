// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
import SpeechFeatures

/// What is counted of a network.
package enum CostMetric: String, CaseIterable, Codable, Sendable {
  /// Multiply-accumulates per window.
  case macs

  /// Multiply-accumulates per second of stream.
  case streamMACs = "stream-macs"

  /// Bytes that inference needs with 8 bits per weight.
  case bytes

  /// Microseconds per feature frame of a stream, by a table of measured layers.
  case latency
}

/// What every candidate of a space costs in its place: the cost of a network is the fixed part and
/// one entry of each block.
package struct CostTable: Sendable {
  package let metric: CostMetric

  /// Of the layers that all networks have.
  package let fixed: Double

  /// `[block][candidate]`
  package let entries: [[Double]]

  package init(metric: CostMetric, fixed: Double, entries: [[Double]]) {
    self.metric = metric
    self.fixed = fixed
    self.entries = entries
  }

  /// The table of a space; exact for everything but latency, which is the sum of its layers' times.
  ///
  /// - Throws: for a space with an architecture that makes no sense.
  package init(
    _ metric: CostMetric, _ space: SearchSpace, latencies: LatencyTable = LatencyTable()
  ) throws(ArchitectureError) {
    let blocks = space.blocks
    func cost(_ choices: [Int]) throws(ArchitectureError) -> Double {
      let architecture = space.architecture(choices)
      let costs = try architecture.costs(framesPerSecond: space.framesPerSecond)
      return switch metric {
      case .macs: Double(costs.reduce(0) { $0 + $1.macPerWindow })
      case .streamMACs: costs.reduce(0) { $0 + $1.macPerSecond }
      case .bytes: Double(try architecture.byteCount())
      case .latency: try latencies.microseconds(architecture)
      }
    }
    let first = Array(repeating: 0, count: blocks.count)
    let base = try cost(first)
    var entries: [[Double]] = []
    for (block, searched) in blocks.enumerated() {
      var differences: [Double] = []
      for candidate in searched.candidates.indices {
        var choices = first
        choices[block] = candidate
        differences.append(try cost(choices) - base)
      }
      // What is not there costs nothing; without such a choice the cheapest counts as fixed.
      let least =
        searched.candidates.firstIndex(of: .zero).map { differences[$0] } ?? differences.min() ?? 0
      entries.append(differences.map { $0 - least })
    }
    let variable = entries.reduce(0) { $0 + $1[0] }
    self.init(metric: metric, fixed: base - variable, entries: entries)
  }

  /// The cost of a network.
  package func cost(_ choices: [Int]) -> Double {
    zip(entries, choices).reduce(fixed) { $0 + $1.0[$1.1] }
  }

  /// The mean cost of networks drawn with `probabilities`, `[block][candidate]`: exact, as blocks are
  /// drawn independently.
  package func expected(_ probabilities: [[Double]]) -> Double {
    zip(entries, probabilities).reduce(fixed) { sum, block in
      sum + zip(block.0, block.1).reduce(0) { $0 + $1.0 * $1.1 }
    }
  }

  /// The smallest and largest cost of the space.
  package var range: ClosedRange<Double> {
    let low = entries.reduce(fixed) { $0 + ($1.min() ?? 0) }
    return low...entries.reduce(fixed) { $0 + ($1.max() ?? 0) }
  }
}

extension SearchSpace {
  /// Feature frames per second of stream.
  package var framesPerSecond: Double {
    Double(features.sampleRate) / Double(features.hopLength)
  }
}
