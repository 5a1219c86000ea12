// SPDX-License-Identifier: GPL-3.0-or-later

/// The bits of each layer that cost least within so many bytes.
package struct BitBudget: Sendable {
  /// What a layer may be.
  package struct Choice: Equatable, Sendable {
    package var bitCount: Int

    /// Bytes that the layer then takes.
    package var byteCount: Int

    /// What it costs; costs of layers add up.
    package var cost: Double

    package init(bitCount: Int, byteCount: Int, cost: Double) {
      self.bitCount = bitCount
      self.byteCount = byteCount
      self.cost = cost
    }
  }

  /// The choices of each layer, at least one.
  package let layers: [[Choice]]

  package init(layers: [[Choice]]) { self.layers = layers }

  /// Bytes of the smallest choices.
  package var leastByteCount: Int {
    layers.reduce(0) { $0 + ($1.map(\.byteCount).min() ?? 0) }
  }

  /// One choice per layer with the least sum of costs in at most `byteCount` bytes; of equal sums the
  /// smaller. Nil where even the smallest choices take more.
  ///
  /// Exact: the least cost for every number of bytes, layer by layer (the knapsack problem with one
  /// item of each group; Kellerer, Pferschy, Pisinger, "Knapsack problems", 2004, section 11).
  package func choices(byteCount: Int) -> [Choice]? {
    let least = leastByteCount
    guard least <= byteCount else { return nil }
    // Only what is above the smallest needs room in the table.
    let most = layers.reduce(0) { $0 + ($1.map(\.byteCount).max() ?? 0) }
    let room = min(byteCount, most) - least
    var costs = [Double](repeating: 0, count: room + 1)
    var picks: [[UInt8]] = []
    for layer in layers {
      let smallest = layer.map(\.byteCount).min() ?? 0
      var next = [Double](repeating: .infinity, count: room + 1)
      var pick = [UInt8](repeating: 0, count: room + 1)
      for (index, choice) in layer.enumerated() {
        let extra = choice.byteCount - smallest
        guard extra <= room else { continue }
        for used in extra...room where costs[used - extra] + choice.cost < next[used] {
          next[used] = costs[used - extra] + choice.cost
          pick[used] = UInt8(index)
        }
      }
      costs = next
      picks.append(pick)
    }
    var used = costs.indices.min { costs[$0] < costs[$1] } ?? 0
    var result: [Choice] = []
    for (layer, pick) in zip(layers, picks).reversed() {
      let choice = layer[Int(pick[used])]
      result.append(choice)
      used -= choice.byteCount - (layer.map(\.byteCount).min() ?? 0)
    }
    return result.reversed()
  }
}
