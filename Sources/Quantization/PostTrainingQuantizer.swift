// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
package import ModelFormat
package import NeuralNetwork

/// Makes a model of a checkpoint in real numbers from what calibration clips show, without training.
///
/// Weights are rounded to the levels of their bits with the step of least squared error per channel.
/// That shifts and stretches what every layer puts out, so the statistics of batch normalization are
/// then taken anew, each layer hearing what the corrected ones before it put out (bias correction, of
/// mean and deviation alike; Nagel et al., arXiv 1906.04721, section 4.2, correct the mean); the
/// bias of the last layer, which has no normalization, is corrected by the mean of its output. Last
/// come the ranges of activations, by least squared error over a histogram.
package struct PostTrainingQuantizer {
  private let checkpoint: Checkpoint

  /// The network in real numbers.
  private let real: Network

  /// The network with rounded weights.
  private let network: Network

  private let bitWidths: BitWidths
  private let history: StreamHistory

  private var inputRange = ActivationRange()
  private var outputRanges: [ActivationRange]

  /// - Parameter batchSize: clips of a batch, at most.
  /// - Throws: `QuantizationError.network` where the checkpoint's tensors do not fit its
  ///   architecture, `.notFinite` for weights that are no numbers.
  package init(
    _ checkpoint: Checkpoint, bitWidths: BitWidths, batchSize: Int
  ) throws(QuantizationError) {
    self.checkpoint = checkpoint
    self.bitWidths = bitWidths
    do throws(NeuralNetworkError) {
      real = try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors)
      network = try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    } catch { throw .network(error) }
    for layer in network.geometry where layer.hasWeights {
      guard checkpoint.tensors["\(layer.layer.name).weight"]!.values.allSatisfy(\.isFinite) else {
        throw .notFinite(layer: layer.layer.name)
      }
    }
    for (index, layer) in network.geometry.enumerated() where layer.hasWeights {
      network.roundWeights(layer: index, bitCount: bitWidths.weights[index])
    }
    history = StreamHistory(network: network, clipCount: batchSize)
    outputRanges = Array(repeating: ActivationRange(), count: network.geometry.count)
  }

  /// Takes the statistics of normalization anew from one batch of clips, `[clip, frame,
  /// coefficient]` and normalized; some thirty make the old ones forgotten.
  ///
  /// - Precondition: at most as many clips as a batch has.
  package func correct(
    _ features: SharedBuffer<Float>, clipCount: Int, frameCount: Int, continues: [Bool]
  ) {
    network.forward(
      features, clipCount: clipCount, frameCount: frameCount, continues: continues,
      history: history, mode: .statistics)
  }

  /// Takes from the bias of the last layer what rounding added to its mean on a batch of clips; after
  /// the last `correct`.
  package func correctLogits(_ features: SharedBuffer<Float>, clipCount: Int, frameCount: Int) {
    func meanLogits(_ network: Network) -> [Float] {
      let logits = network.forward(
        features, clipCount: clipCount, frameCount: frameCount,
        continues: Array(repeating: false, count: clipCount), history: nil, mode: .inference)
      let values = logits.span
      return (0..<network.labelCount).map { label in
        (0..<clipCount).reduce(0) { $0 + values[$1 * network.labelCount + label] }
          / Float(clipCount)
      }
    }
    let (expected, found) = (meanLogits(real), meanLogits(network))
    network.addToLastBias(zip(expected, found).map { $0 - $1 })
  }

  /// Takes in what every tensor holds on a batch of clips; after the corrections.
  ///
  /// - Throws: `QuantizationError.notFinite` where an activation overflows or passes 1e30.
  package mutating func calibrate(
    _ features: SharedBuffer<Float>, clipCount: Int, frameCount: Int
  ) throws(QuantizationError) {
    network.forward(
      features, clipCount: clipCount, frameCount: frameCount,
      continues: Array(repeating: false, count: clipCount), history: nil, mode: .inference)
    for clip in 0..<clipCount {
      let count = frameCount * checkpoint.architecture.coefficientCount
      guard inputRange.add(features.span.extracting(clip * count..<(clip + 1) * count)) else {
        throw .notFinite(layer: "input")
      }
    }
    for (index, layer) in network.geometry.enumerated() {
      guard let output = network.output(layer: index) else { continue }
      let buffer = output.buffer
      for clip in 0..<clipCount {
        guard outputRanges[index].add(buffer.span.extracting(output.range(clip: clip))) else {
          throw .notFinite(layer: layer.layer.name)
        }
      }
    }
  }

  /// The ranges that calibration found, by the names of layers and `input`.
  package var ranges: [String: ClosedRange<Float>] {
    var ranges = ["input": inputRange.quantization(bitCount: 8).range]
    for (index, layer) in network.geometry.enumerated() where outputRanges[index].hasValues {
      ranges[layer.layer.name] =
        outputRanges[index].quantization(bitCount: bitWidths.activations[index]).range
    }
    return ranges
  }

  /// The network as it simulates the integers of the model.
  ///
  /// - Throws: `QuantizationError.notCalibrated`.
  package func simulation() throws(QuantizationError) -> Network {
    guard inputRange.hasValues else { throw .notCalibrated }
    do throws(NeuralNetworkError) {
      let simulation = try Network(
        architecture: checkpoint.architecture, tensors: network.exportTensors())
      simulation.bitWidths = bitWidths
      simulation.setRanges(ranges)
      return simulation
    } catch { throw .network(error) }
  }

  /// The model in integers.
  ///
  /// - Throws: `QuantizationError.notCalibrated`, or `.notFinite` where folding overflows.
  package func model(
    detection: DetectionParameters, provenance: Provenance
  ) throws(QuantizationError) -> QuantizedModel {
    try SimulatedModel(network: try simulation(), checkpoint: checkpoint).model(
      detection: detection, provenance: provenance)
  }
}

extension ActivationQuantization {
  /// The real values of the lowest and the highest integer.
  fileprivate var range: ClosedRange<Float> {
    -Float(zeroPoint) * scale...Float(largest - zeroPoint) * scale
  }
}
