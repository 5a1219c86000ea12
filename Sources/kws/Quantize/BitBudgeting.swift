// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import ModelFormat
import Quantization

/// Gives each layer so many bits that all that inference needs fits a number of bytes.
struct BitBudgeting {
  let geometry: [LayerGeometry]
  let sensitivity: LayerSensitivity

  /// A model of the network at any bits: what its layers need beside weights is the same at all.
  let model: QuantizedModel

  /// - Throws: `CommandError` where one bit everywhere is still too much.
  func bitWidths(byteCount: Int, activations: [Int]) throws -> BitWidths {
    let weighted = geometry.indices.filter { geometry[$0].hasWeights }
    let layers = weighted.map { index in
      let costs = costs(layer: index)
      return zip(WeightLevels.bitCounts, costs).map { bitCount, cost in
        BitBudget.Choice(
          bitCount: bitCount, byteCount: Self.weightByteCount(geometry[index], bitCount),
          cost: cost)
      }
    }
    let budget = BitBudget(layers: layers)
    let others =
      model.byteCount
      - zip(model.layers, geometry).reduce(0) {
        $0 + ($1.1.hasWeights ? Self.weightByteCount($1.1, $1.0.weightBits) : 0)
      }
    guard let choices = budget.choices(byteCount: byteCount - others) else {
      throw CommandError(
        "--bytes \(byteCount): this network takes \(others + budget.leastByteCount) bytes with one "
          + "bit per weight, \(others) of them scales, biases and ranges. Ask for more, or take a "
          + "smaller network.", .usage)
    }
    return try BitWidths(
      geometry, weights: choices.map(\.bitCount), activations: activations)
  }

  /// What a layer costs at each of `WeightLevels.bitCounts`: what was measured, but never less than with
  /// more bits, and a little that falls with every bit.
  ///
  /// Some hundred clips tell no cost below a thousandth of a nat, and what they measure as none is not:
  /// without that little, bytes that are allowed would be left unused. Rounding noise has a quarter of
  /// its power with every bit more.
  private func costs(layer index: Int) -> [Double] {
    let bitCounts = WeightLevels.bitCounts
    let measured = bitCounts.map { sensitivity.cost(layer: index, bitCount: $0) }
    return bitCounts.map { bitCount in
      let least = zip(bitCounts, measured).filter { $0.0 >= bitCount }.map { $0.1 }.max() ?? 0
      return least + Self.unmeasuredCost * pow(0.25, Double(bitCount))
    }
  }

  /// Nats of rounding noise as large as the weights.
  private static let unmeasuredCost = 0.01

  private static func weightByteCount(_ layer: LayerGeometry, _ bitCount: Int) -> Int {
    (layer.weightCount * bitCount + 7) / 8
  }
}
