// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
package import ModelFormat
import NeuralNetwork

/// What rounding the weights of one layer costs, with all others in real numbers.
///
/// The cost is the rise of the mean cross entropy over some clips. Normalization takes the
/// statistics of each batch as it does in post-training quantization, so that a mere shift or
/// stretch costs nothing.
package final class LayerSensitivity {
  /// Clips with their truth, normalized: `[clip, frame, coefficient]`.
  package struct Clips {
    package var features: SharedBuffer<Float>
    package var labels: [Int]
    package var frameCount: Int

    package init(features: SharedBuffer<Float>, labels: [Int], frameCount: Int) {
      self.features = features
      self.labels = labels
      self.frameCount = frameCount
    }
  }

  private let network: Network
  private let batches: [Clips]

  /// Mean cross entropy in real numbers, in nats.
  private let reference: Double

  /// - Throws: `QuantizationError.network`.
  package init(_ checkpoint: Checkpoint, batches: [Clips]) throws(QuantizationError) {
    do throws(NeuralNetworkError) {
      network = try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    } catch { throw .network(error) }
    self.batches = batches
    reference = Self.crossEntropy(network, batches)
  }

  /// Nats that one layer costs at so many bits, not below 0.
  ///
  /// - Precondition: the layer has weights.
  package func cost(layer index: Int, bitCount: Int) -> Double {
    network.roundWeights(layer: index, bitCount: bitCount)
    defer { network.roundWeights(layer: index, bitCount: nil) }
    return max(Self.crossEntropy(network, batches) - reference, 0)
  }

  private static func crossEntropy(_ network: Network, _ batches: [Clips]) -> Double {
    var (sum, count) = (0.0, 0)
    for batch in batches {
      let clipCount = batch.labels.count
      let logits = network.forward(
        batch.features, clipCount: clipCount, frameCount: batch.frameCount,
        continues: Array(repeating: false, count: clipCount), history: nil, mode: .statistics)
      let loss = CrossEntropy().evaluate(
        logits: logits, labels: batch.labels, labelCount: network.labelCount
      ).loss
      sum += loss * Double(clipCount)
      count += clipCount
    }
    return sum / Double(max(count, 1))
  }
}
