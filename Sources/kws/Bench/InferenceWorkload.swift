// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import KeywordSpotting
import ModelFormat
import NeuralNetwork
import Quantization
import SpeechDatasets
import SpeechFeatures

/// An integer network whose speed is measured, with clips of noise for it.
struct InferenceWorkload {
  var name: String
  var model: QuantizedModel

  /// What is timed beside the built-in model where nothing is named.
  static let standard = ["ds-cnn-s", "ds-cnn-l", "derived", "bc-resnet-1"]

  static let builtInName = "built-in"

  /// Clips that calibrate a network, and clips on which engines are compared.
  private static let calibrationClipCount = 20
  private static let clipCount = 8

  /// The model in the file at `path`, or the built-in one.
  init(path: String?) throws {
    name = path ?? Self.builtInName
    model = try modelOrDefault(path)
  }

  /// The architecture that goes by `name`, with random weights: the speed does not depend on them.
  init(architecture name: String, labels: [String]) throws {
    let workload = try TrainingWorkload(name, labels: labels)
    try self.init(workload.architecture, features: workload.features, labels: labels)
  }

  /// An architecture with random weights.
  init(_ architecture: Architecture, features: FeatureConfiguration, labels: [String]) throws {
    let count = architecture.coefficientCount
    let checkpoint = Checkpoint(
      architecture: architecture, features: features,
      normalization: FeatureNormalization(
        mean: Array(repeating: 0, count: count), scale: Array(repeating: 1, count: count)),
      labels: labels, tensors: try Network(architecture: architecture, seed: 1).exportTensors(),
      state: [:],
      provenance: Provenance(
        license: "", attribution: "", datasetDigest: "", commands: [], seed: 1, accuracy: []))
    var quantizer = try PostTrainingQuantizer(
      checkpoint, bitWidths: BitWidths(architecture.geometry(), weights: [8]),
      batchSize: Self.calibrationClipCount)
    let clips = Self.noise(
      count: Self.calibrationClipCount * architecture.windowFrameCount * count, stream: 1)
    try quantizer.calibrate(
      SharedBuffer(clips), clipCount: Self.calibrationClipCount,
      frameCount: architecture.windowFrameCount)
    self.name = architecture.name
    model = try quantizer.model(detection: .standard, provenance: checkpoint.provenance)
  }

  /// Windows of quantized features, `[frame, coefficient]`.
  var clips: [[UInt8]] {
    let count = model.architecture.windowFrameCount * model.architecture.coefficientCount
    return (0..<Self.clipCount).map { clip in
      Self.noise(count: count, stream: 2 + UInt32(clip)).map { value in
        let step = (value / model.input.scale).rounded() + Float(model.input.zeroPoint)
        return UInt8(min(max(step, 0), 255))
      }
    }
  }

  /// The features, as a front end gives them, that become `clip`.
  func features(of clip: [UInt8]) -> [Float] {
    clip.enumerated().map { index, value in
      let coefficient = index % model.architecture.coefficientCount
      let normalized = Float(Int(value) - model.input.zeroPoint) * model.input.scale
      return normalized / model.normalization.scale[coefficient]
        + model.normalization.mean[coefficient]
    }
  }

  private static func noise(count: Int, stream: UInt32) -> [Float] {
    var generator = CounterBasedGenerator(seed: 1, stream: stream)
    return (0..<count).map { _ in generator.nextNormal() }
  }

  /// Multiply-accumulates of a window computed at once, and of a hop of a stream on average.
  var macs: (perWindow: Int, perHop: Double) {
    get throws {
      let costs = try model.architecture.costs(framesPerSecond: 1)
      return (
        costs.map(\.macPerWindow).reduce(0, +), costs.map(\.macPerSecond).reduce(0, +)
      )
    }
  }
}
