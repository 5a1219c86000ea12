// SPDX-License-Identifier: GPL-3.0-or-later

/// What a layer costs. Operations are multiply-accumulates of convolutions and dense layers;
/// normalization, activation, averages and additions are not counted.
package struct LayerCost: Equatable, Sendable {
  /// Multiply-accumulates per output column.
  package var macPerColumn: Int

  /// Multiply-accumulates for one model window from reset.
  package var macPerWindow: Int

  /// Multiply-accumulates per second of stream at the given frame rate.
  package var macPerSecond: Double

  /// Number of weights, without bias and normalization.
  package var weightCount: Int
}

extension LayerGeometry {
  /// Number of weights.
  package var weightCount: Int {
    switch layer.operation {
    case .convolution(let outputs, let window):
      window.kernel.count * input.channelCount * outputs
    case .depthwise(let window): window.kernel.count * input.channelCount
    case .dense(let outputs): input.channelCount * outputs
    case .frequencyToChannels, .frequencyAverage, .averagePool, .sum: 0
    }
  }

  /// Numbers that training learns: weights and biases, or weights and a scale and a shift per channel
  /// and band of a normalization.
  package var parameterCount: Int {
    guard hasWeights else { return 0 }
    let perChannel = layer.normalization == .none ? 1 : 2 * layer.normalization.bandCount
    return weightCount + perChannel * output.channelCount
  }

  /// Multiply-accumulates per output column, those on 'same' padding included.
  package var macPerColumn: Int { weightCount * (hasWeights ? output.frequencyCount : 0) }

  /// The layer's cost on a stream of `framesPerSecond` feature frames.
  ///
  /// In a window whatever follows the average pool runs once; in a stream at every column.
  package func cost(framesPerSecond: Double) -> LayerCost {
    LayerCost(
      macPerColumn: macPerColumn,
      macPerWindow: macPerColumn * (followsPool ? 1 : windowColumnCount),
      macPerSecond: Double(macPerColumn) * framesPerSecond / Double(timeStride),
      weightCount: weightCount)
  }
}

extension Architecture {
  /// The cost of every layer, in order.
  package func costs(framesPerSecond: Double) throws(ArchitectureError) -> [LayerCost] {
    try geometry().map { $0.cost(framesPerSecond: framesPerSecond) }
  }
}
