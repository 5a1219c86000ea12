// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
package import NeuralNetwork
package import SpeechDatasets

/// What is done with every batch: forward, loss, backward, update.
package final class TrainingStep {
  package let network: Network
  let optimizer: Optimizer

  /// What each slot of the batch leaves for the clip that follows in it.
  let history: StreamHistory
  private let loss: CrossEntropy

  /// Whose answers are learnt, too.
  let teacher: Teacher?
  private let logitsGradient: SharedBuffer<Float>

  package init(
    network: Network, configuration: TrainingConfiguration, teacher: Teacher? = nil
  ) {
    precondition(configuration.distillation == teacher?.distillation, "the teacher of the record")
    self.network = network
    self.teacher = teacher
    optimizer = Optimizer(configuration, parameters: network.parameters)
    history = StreamHistory(network: network, clipCount: configuration.batchSize)
    loss = CrossEntropy(labelSmoothing: configuration.labelSmoothing)
    logitsGradient = SharedBuffer(zeroed: configuration.batchSize * network.labelCount)
  }

  /// Learns a normalized batch at a learning rate.
  ///
  /// Where the loss is no finite number no parameter changes.
  /// - Parameter draw: a number of its own for every step; dropout is a function of it.
  /// - Returns: the loss before the update and how many clips were decided right.
  package func run(_ batch: Batch, rate: Float, draw: UInt64 = 0) -> CrossEntropy.Result {
    let logits = network.forward(
      batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
      continues: batch.continues, history: history, mode: .training,
      draw: draw)
    var result = loss.evaluate(
      logits: logits, labels: batch.labels, labelCount: network.labelCount,
      gradient: logitsGradient)
    if let teacher {
      result.loss = teacher.distillation.loss.combine(
        labelLoss: result.loss, logits: logits,
        teacherLogits: teacher.logits(batch, threadCount: network.threadCount),
        clipCount: batch.clipCount, labelCount: network.labelCount, gradient: logitsGradient)
    }
    guard result.loss.isFinite else { return result }
    network.backward(logitsGradient: logitsGradient, clipCount: batch.clipCount)
    optimizer.step(rate: rate)
    return result
  }
}
