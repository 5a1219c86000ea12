// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import Quantization

/// A layer with weights in integers, and what rounding them alone costs.
struct RoundedLayer {
  let name: String
  let bitCount: Int

  /// Nats of cross entropy more.
  let cost: Double

  /// All layers of a model that have weights, in their order.
  static func layers(_ model: QuantizedModel, _ sensitivity: LayerSensitivity) -> [RoundedLayer] {
    model.layers.indices.filter { model.layers[$0].weightBits > 0 }.map { index in
      let bitCount = model.layers[index].weightBits
      return RoundedLayer(
        name: model.architecture.layers[index].name, bitCount: bitCount,
        cost: sensitivity.cost(layer: index, bitCount: bitCount))
    }
  }

  /// The layers that cost most.
  static func costliest(_ layers: [RoundedLayer], count: Int) -> Table {
    table(
      layers.sorted { $0.cost > $1.cost }.prefix(count), name: "costliest layers")
  }

  static func table(_ layers: some Sequence<RoundedLayer>, name: String = "layer") -> Table {
    var table = Table(header: [name, "bits", "nats"])
    for layer in layers {
      table.add([layer.name, "\(layer.bitCount)", fixed(layer.cost, decimals: 4)])
    }
    return table
  }
}
