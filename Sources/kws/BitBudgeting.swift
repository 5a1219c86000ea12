// SPDX-License-Identifier: GPL-3.0-or-later

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
      WeightLevels.bitCounts.map { bitCount in
        BitBudget.Choice(
          bitCount: bitCount, byteCount: Self.weightByteCount(geometry[index], bitCount),
          cost: sensitivity.cost(layer: index, bitCount: bitCount))
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

  private static func weightByteCount(_ layer: LayerGeometry, _ bitCount: Int) -> Int {
    (layer.weightCount * bitCount + 7) / 8
  }
}
