// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import NeuralNetwork
import SpeechDatasets
import Threads
import Training

/// Times whole steps of training of one network, in turn with everything they are compared with, so
/// that a busy machine slows all of it alike.
struct TrainingBenchmark {
  /// Steps of what is compared that run before the next has its turn, and how many turns each has.
  var stepCount: Int
  var roundCount: Int

  var threadCount: Int

  /// Batches of a round that are made with nothing else to do.
  private static let loadingCount = 2

  /// The learning rate, which the time does not depend on: small enough for any of the networks.
  private static let learningRate: Float = 0.01

  /// What a workload's steps take.
  ///
  /// - Parameter peer: what trains the same network elsewhere.
  func run(
    _ workload: TrainingWorkload, data: TrainingData, peer: TrainingPeer?
  ) throws -> TrainingSpeed {
    PeakMemory.reset()
    func makeStep(_ bitWidths: BitWidths?) throws -> TrainingStep {
      let network = try Network(architecture: workload.architecture, seed: 1)
      network.bitWidths = bitWidths
      return TrainingStep(
        network: network,
        configuration: TrainingConfiguration(
          epochCount: 1, batchSize: data.batchSize, warmUpEpochCount: 0))
    }
    let step = try makeStep(nil)
    let ahead = batches(data, makesAhead: threadCount > 1)
    let inTurn = batches(data, makesAhead: false)
    let (peak, peakOfOne) = (FloatPeak(threadCount: threadCount), FloatPeak(threadCount: 1))
    let operationsPerClip = Double(try workload.operationsPerClip)
    var speed = TrainingSpeed(
      name: workload.architecture.name, macPerClip: try workload.macPerClip,
      operationsPerClip: operationsPerClip)

    // Memory is allocated, and threads are started, by the first steps.
    for _ in 0..<2 {
      _ = try seconds(of: step, ahead, threadCount: threadCount)
      _ = try peer?.step(1)
    }
    speed.peakByteCount = PeakMemory.byteCount
    let simulating = try makeStep(BitWidths(step.network.geometry, weights: [8]))
    for _ in 0..<2 { _ = try seconds(of: simulating, ahead, threadCount: threadCount) }
    simulating.network.endObservation()
    for _ in 0..<roundCount {
      speed.peak.append(rate(peak))
      if threadCount > 1 { speed.peakOfOne.append(rate(peakOfOne)) }
      for simulates in [false, true] {
        for _ in 0..<stepCount {
          let seconds = try seconds(
            of: simulates ? simulating : step, ahead, threadCount: threadCount)
          if simulates { speed.simulatedSteps.append(seconds) } else { speed.steps.append(seconds) }
        }
      }
      if let peer { speed.peerSteps += try peer.step(stepCount) }
      if threadCount > 1 {
        for _ in 0..<stepCount {
          speed.stepsOfOne.append(try seconds(of: step, inTurn, threadCount: 1))
        }
      }
      for _ in 0..<Self.loadingCount {
        let start = monotonicSeconds()
        _ = try inTurn.next()
        speed.loadings.append(monotonicSeconds() - start)
      }
    }
    speed.clipCount = min(data.batchSize, data.clipCount)
    speed.peerByteCount = try peer?.peakByteCount()
    return speed
  }

  private func batches(_ data: TrainingData, makesAhead: Bool) -> BatchSequence {
    BatchSequence(
      count: .max, makesAhead: makesAhead, normalizer: FeatureNormalizer(data.normalization)
    ) { (index) throws(DatasetError) in
      try data.batch(epoch: index / data.batchCount, index: index % data.batchCount)
    }
  }

  private func seconds(
    of step: TrainingStep, _ batches: BatchSequence, threadCount: Int
  ) throws -> Double {
    step.network.threadCount = threadCount
    let start = monotonicSeconds()
    guard let batch = try batches.next() else { return 0 }
    let result = step.run(batch, rate: Self.learningRate)
    guard result.loss.isFinite else { throw TrainingError.diverged(epoch: 0, batch: 0) }
    return monotonicSeconds() - start
  }

  /// Floating-point operations per second.
  private func rate(_ peak: FloatPeak) -> Double {
    let start = monotonicSeconds()
    let count = peak.run()
    return Double(count) / (monotonicSeconds() - start)
  }
}
