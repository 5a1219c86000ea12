// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Evaluation
import Glibc
import ModelFormat
import NeuralNetwork
import SpeechFeatures
import Training

/// Decides clips by a checkpoint's network in single precision, with the integers that its training
/// simulated, if it did, on the features that a microphone
/// would give.
///
/// In a stream every clip begins a column of every layer anew: frames that complete no column of the
/// network's largest stride are left out at the end of each clip.
struct FloatClipDecider: ClipDecider, ~Copyable {
  let labels: [String]
  private let normalization: FeatureNormalization
  private let network: Network
  private let history: StreamHistory
  private let frameStep: Int
  private var extractor: FeatureExtractor
  private var continues = false

  /// - Throws: `FeatureError` or `NeuralNetworkError` for a checkpoint whose parts do not fit.
  init(_ checkpoint: Checkpoint) throws {
    let network = try Network.of(checkpoint)
    let plan = try FeaturePlan(checkpoint.features)
    labels = checkpoint.labels
    normalization = checkpoint.normalization
    self.network = network
    history = StreamHistory(network: network, clipCount: 1)
    frameStep = network.geometry.map(\.timeStride).max() ?? 1
    extractor = FeatureExtractor(plan: plan)
  }

  mutating func reset() {
    extractor.reset()
    continues = false
  }

  mutating func posteriors(after samples: [Float]) -> [Float] {
    let width = network.architecture.coefficientCount
    let room = samples.count / extractor.plan.configuration.hopLength + 1
    let features = SharedBuffer<Float>(zeroed: room * width)
    var frames = features.mutableSpan
    let count = extractor.push(samples.span, into: &frames).frameCount / frameStep * frameStep
    for index in 0..<count * width {
      let coefficient = index % width
      frames[index] =
        (frames[index] - normalization.mean[coefficient]) * normalization.scale[coefficient]
    }
    let logits = network.forward(
      features, clipCount: 1, frameCount: count, continues: [continues], history: history,
      mode: .inference
    ).span
    continues = true
    let largest = labels.indices.reduce(-Float.infinity) { max($0, logits[$1]) }
    let powers = labels.indices.map { exp(logits[$0] - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }
}
