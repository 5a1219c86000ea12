// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import NeuralNetwork
package import SpeechDatasets

/// Trains one network: epochs of steps over a data set, from scratch or from a checkpoint.
///
/// One seed gives the identical network at any thread count and with any interruption: every draw
/// depends on (seed, epoch, clip) alone, and a checkpoint holds everything else.
package final class Trainer {
  package let configuration: TrainingConfiguration
  package let data: TrainingData

  /// The network in training.
  package var network: Network { step.network }

  /// Epochs done.
  package private(set) var epoch = 0

  private let step: TrainingStep
  private let schedule: CosineSchedule
  private let normalizer: FeatureNormalizer

  /// A run from random weights.
  ///
  /// - Throws: `TrainingError.outOfRange` or `.network`.
  package convenience init(
    architecture: Architecture, data: TrainingData, configuration: TrainingConfiguration,
    teacher: Teacher? = nil
  ) throws(TrainingError) {
    try configuration.validate()
    let network: Network
    do throws(NeuralNetworkError) {
      network = try Network(architecture: architecture, seed: configuration.seed)
    } catch { throw .network(error) }
    self.init(network: network, data: data, configuration: configuration, teacher: teacher)
  }

  /// A run from a checkpoint's weights and statistics, such as one of quantization-aware training from
  /// a network in real numbers.
  ///
  /// - Parameter ranges: of the tensors between layers, for simulated integers; see
  ///   `Network.setRanges`.
  /// - Throws: `TrainingError.outOfRange` or `.network`.
  package convenience init(
    startingFrom checkpoint: Checkpoint, ranges: [String: ClosedRange<Float>], data: TrainingData,
    configuration: TrainingConfiguration, teacher: Teacher? = nil
  ) throws(TrainingError) {
    try configuration.validate()
    let network: Network
    do throws(NeuralNetworkError) {
      network = try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    } catch { throw .network(error) }
    self.init(network: network, data: data, configuration: configuration, teacher: teacher)
    network.setRanges(ranges)
  }

  /// The run that `checkpoint` was made by, to be gone on with.
  ///
  /// - Throws: `.mismatch` where architecture, data or configuration differ, `.notResumable` where
  ///   the checkpoint holds no trainer's state, `.epoch` where it holds an impossible one.
  package convenience init(
    resuming checkpoint: Checkpoint, architecture: Architecture, data: TrainingData,
    configuration: TrainingConfiguration, teacher: Teacher? = nil
  ) throws(TrainingError) {
    try configuration.validate()
    try TrainerState.check(
      checkpoint, architecture: architecture, data: data, configuration: configuration)
    let network: Network
    do throws(NeuralNetworkError) {
      network = try Network(architecture: architecture, tensors: checkpoint.tensors)
    } catch { throw .network(error) }
    self.init(network: network, data: data, configuration: configuration, teacher: teacher)
    do throws(NeuralNetworkError) {
      try step.optimizer.load(checkpoint.tensors)
      try step.history.load(checkpoint.tensors)
      try teacher?.load(checkpoint.tensors)
      try network.loadQuantization(checkpoint.tensors)
    } catch { throw .network(error) }
    epoch = try TrainerState.epoch(of: checkpoint, epochCount: configuration.epochCount)
  }

  private init(
    network: Network, data: TrainingData, configuration: TrainingConfiguration, teacher: Teacher?
  ) {
    self.data = data
    self.configuration = configuration
    network.bitWidths = configuration.bitWidths
    step = TrainingStep(
      network: network, configuration: configuration, teacher: teacher)
    schedule = CosineSchedule(
      peakRate: configuration.learningRate,
      warmUpStepCount: Int(configuration.warmUpEpochCount * Float(data.batchCount)),
      stepCount: configuration.epochCount * data.batchCount)
    normalizer = FeatureNormalizer(data.normalization)
  }

  /// Whether every epoch is done.
  package var isFinished: Bool { epoch >= configuration.epochCount }

  /// One pass over the training set, then validation.
  ///
  /// With more than one thread, the next batch is made while the network learns.
  /// - Parameters:
  ///   - now: seconds of a monotonic clock, for the rate that is reported.
  ///   - onStep: called after every step with (batches done, loss of the batch); false stops the
  ///     epoch, which then counts as not begun: go on from the last checkpoint.
  /// - Returns: nil if stopped.
  /// - Throws: `TrainingError.diverged` when the loss is no number, `.data` for a broken data set.
  package func runEpoch(
    now: () -> Double, onStep: (Int, Double) -> Bool
  ) throws(TrainingError) -> EpochReport? {
    let start = now()
    var lossSum = 0.0
    var correctCount = 0
    var clipCount = 0
    let batches = trainingBatches()
    var index = 0
    while let batch = try batches.next() {
      let number = epoch * data.batchCount + index
      let result = step.run(batch, rate: schedule.rate(step: number), draw: draw(step: number))
      guard result.loss.isFinite else { throw .diverged(epoch: epoch, batch: index) }
      index += 1
      lossSum += result.loss * Double(batch.clipCount)
      correctCount += result.correctCount
      clipCount += batch.clipCount
      guard onStep(index, result.loss) else { return nil }
    }
    let seconds = now() - start
    epoch += 1
    let validation = try Validation(data: data, batchSize: configuration.batchSize)
      .run(network, normalizer: normalizer)
    return EpochReport(
      epoch: epoch, loss: lossSum / Double(clipCount),
      trainingAccuracy: Double(correctCount) / Double(clipCount), validation: validation,
      clipsPerSecond: Double(clipCount) / max(seconds, 1e-9))
  }

  /// A step's own number for dropout, which no other step of the run has.
  private func draw(step: Int) -> UInt64 {
    configuration.seed &+ UInt64(step) &* 0x9E37_79B9_7F4A_7C15
  }

  private func trainingBatches() -> BatchSequence {
    BatchSequence(
      count: data.batchCount, makesAhead: network.threadCount > 1, normalizer: normalizer
    ) { [data, epoch] (index) throws(DatasetError) in
      try data.batch(epoch: epoch, index: index)
    }
  }

  /// Everything that is needed to go on from here bit for bit.
  package func checkpoint(provenance: Provenance) -> Checkpoint {
    var tensors = network.exportTensors()
    tensors.merge(step.optimizer.exportTensors(), uniquingKeysWith: { $1 })
    tensors.merge(step.history.exportTensors(), uniquingKeysWith: { $1 })
    tensors.merge(step.teacher?.exportTensors() ?? [:], uniquingKeysWith: { $1 })
    return Checkpoint(
      architecture: network.architecture, features: data.features,
      normalization: data.normalization, labels: data.labels, tensors: tensors,
      state: TrainerState.encode(epoch: epoch, configuration: configuration, data: data),
      provenance: provenance)
  }
}
