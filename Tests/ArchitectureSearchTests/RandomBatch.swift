// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import NeuralNetwork
import SpeechFeatures

/// Clips of noise with labels.
struct RandomBatch {
  let clipCount: Int
  private let frameCount: Int
  private let labelCount: Int
  private let features: SharedBuffer<Float>
  private let labels: [Int]

  init(_ space: SearchSpace, clipCount: Int, labelCount: Int) {
    self.clipCount = clipCount
    self.labelCount = labelCount
    frameCount = space.windowFrameCount
    var generator = CounterBasedGenerator(seed: 17, stream: 1)
    features = SharedBuffer(
      (0..<clipCount * frameCount * space.features.coefficientCount).map { _ in
        generator.nextNormal()
      })
    labels = (0..<clipCount).map { $0 % labelCount }
  }

  /// Forward and backward from reset, back to the parameters or to tensors only; the loss.
  @discardableResult func pass(_ network: Network, parameters: Bool = true) -> Double {
    let logits = network.forward(
      features, clipCount: clipCount, frameCount: frameCount,
      continues: Array(repeating: false, count: clipCount), history: nil, mode: .training,
      draw: 7)
    let gradient = SharedBuffer<Float>(zeroed: clipCount * labelCount)
    let result = CrossEntropy().evaluate(
      logits: logits, labels: labels, labelCount: labelCount, gradient: gradient)
    network.backward(
      logitsGradient: gradient, clipCount: clipCount, parameters: parameters)
    return result.loss
  }
}
