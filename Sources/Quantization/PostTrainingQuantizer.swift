// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
package import ModelFormat
import NeuralNetwork

/// Makes an 8-bit model of a float checkpoint from the ranges that calibration clips show.
package struct PostTrainingQuantizer {
  private let checkpoint: Checkpoint
  private let geometry: [LayerGeometry]
  private let network: Network
  private var inputRange = ActivationRange()
  private var outputRanges: [ActivationRange]

  /// - Throws: `QuantizationError.network` where the checkpoint's tensors do not fit its
  ///   architecture.
  package init(_ checkpoint: Checkpoint) throws(QuantizationError) {
    self.checkpoint = checkpoint
    do throws(NeuralNetworkError) {
      network = try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    } catch { throw .network(error) }
    geometry = network.geometry
    outputRanges = Array(repeating: ActivationRange(), count: geometry.count)
  }

  /// Runs calibration clips, `[clip, frame, coefficient]` and normalized, and takes in what every
  /// layer puts out.
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
    for (index, layer) in geometry.enumerated() {
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
    var ranges = ["input": Self.ends(inputRange.quantization())]
    for (layer, range) in zip(geometry, outputRanges) where range.maximum.isFinite {
      ranges[layer.layer.name] = Self.ends(range.quantization())
    }
    return ranges
  }

  private static func ends(_ quantization: ActivationQuantization) -> ClosedRange<Float> {
    let (zeroPoint, scale) = (quantization.zeroPoint, quantization.scale)
    return -Float(zeroPoint) * scale...Float(quantization.largest - zeroPoint) * scale
  }

  /// The model in integers.
  ///
  /// - Throws: `QuantizationError.notCalibrated`, or `.notFinite` where folding overflows.
  package func model(
    detection: DetectionParameters, provenance: Provenance
  ) throws(QuantizationError) -> QuantizedModel {
    guard inputRange.maximum.isFinite else { throw .notCalibrated }
    let input = inputRange.quantization()
    var outputs: [ActivationQuantization] = []
    var layers: [QuantizedLayer] = []
    for (index, geometry) in geometry.enumerated() {
      let source = geometry.inputIndex.map { outputs[$0] } ?? input
      let isLast = index == self.geometry.count - 1
      let output =
        geometry.layer.operation == .frequencyToChannels
        ? source : outputRanges[index].quantization()
      outputs.append(output)
      var layer = QuantizedLayer(
        weightBits: 0, weights: [], weightScales: [], bias: [], output: isLast ? nil : output)
      if geometry.hasWeights {
        let folded = FoldedLayer(
          geometry: geometry, tensors: checkpoint.tensors, epsilon: Normalization.batchEpsilon)
        guard folded.isFinite else { throw .notFinite(layer: geometry.layer.name) }
        layer.setWeights(folded, inputScale: source.scale, isSigned: geometry.hasSignedScales)
        // A gain may be finite and its product with a weight's step not.
        guard layer.weightScales.allSatisfy(\.isFinite) else {
          throw .notFinite(layer: geometry.layer.name)
        }
      }
      layers.append(layer)
    }
    return QuantizedModel(
      architecture: checkpoint.architecture, features: checkpoint.features,
      normalization: checkpoint.normalization, labels: checkpoint.labels, input: input,
      layers: layers, detection: detection, provenance: provenance)
  }
}
