// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc
package import ModelFormat
package import NeuralNetwork
package import SpeechDatasets
package import Training

/// Searches a space by gradient: ProxylessNAS (Cai et al., arXiv 1812.00332) with the whole gradient of
/// all gates, as Peter, Roth and Pernkopf (arXiv 2012.10138) use it.
///
/// What is done with otherwise: the cost's gradient reaches the logits whatever was drawn; statistics
/// of normalization are taken anew before a network is judged; the architecture learns from training
/// speakers of its own, so that validation stays clean. All clips start from reset: histories of one
/// path mean nothing to another.
package final class Searcher {
  package let configuration: SearchConfiguration
  package let space: SearchSpace
  package let data: TrainingData
  package let supernet: Supernet

  /// Costs, in the order of the objective's metrics.
  package let tables: [CostTable]

  /// Epochs done.
  package internal(set) var epoch = 0

  /// Reports of all epochs done.
  package internal(set) var history: [SearchEpochReport] = []

  let weightData: TrainingData
  private let heldOutData: TrainingData
  let normalizer: FeatureNormalizer
  let optimizer: SGD
  var architecture: ArchitectureParameters
  var multipliers: CostMultipliers
  private let sampler: PathSampler
  private let smoothed: CrossEntropy
  private let plain = CrossEntropy()
  private let logitsGradient: SharedBuffer<Float>
  /// The derived network with statistics of its own, after an epoch.
  private var derived: Network?

  /// A search from random weights.
  ///
  /// - Throws: `SearchError.outOfRange`, `.unreachable`, `.network` or `.data`.
  package init(
    space: SearchSpace, data: TrainingData, configuration: SearchConfiguration,
    latencies: LatencyTable = LatencyTable(), threadCount: Int
  ) throws(SearchError) {
    try configuration.validate()
    self.space = space
    self.data = data
    self.configuration = configuration
    tables = try Self.tables(space, configuration.objective, latencies)
    do throws(DatasetError) {
      weightData = try data.with(.rest(percent: configuration.heldOutPercent))
      heldOutData = try data.with(.heldOut(percent: configuration.heldOutPercent))
    } catch { throw .data(error) }
    normalizer = FeatureNormalizer(weightData.normalization)
    supernet = try Supernet(
      space, weightBits: configuration.weightBits, seed: configuration.seed,
      threadCount: threadCount)
    optimizer = SGD(
      parameters: supernet.parameters.all, weightDecay: configuration.weightDecay)
    architecture = ArchitectureParameters(space, seed: configuration.seed)
    multipliers = CostMultipliers(configuration.objective)
    sampler = PathSampler(space, seed: configuration.seed)
    smoothed = CrossEntropy(labelSmoothing: configuration.labelSmoothing)
    logitsGradient = SharedBuffer(zeroed: configuration.batchSize * data.labels.count)
  }

  /// The costs of a space in the order of the objective's metrics.
  ///
  /// - Throws: `.unreachable` where no network keeps a limit.
  package static func tables(
    _ space: SearchSpace, _ objective: CostObjective, _ latencies: LatencyTable
  ) throws(SearchError) -> [CostTable] {
    var tables: [CostTable] = []
    do throws(ArchitectureError) {
      for metric in objective.metrics {
        tables.append(try CostTable(metric, space, latencies: latencies))
      }
    } catch { throw .network(.architecture(error)) }
    for (limit, table) in zip(objective.limits, tables) where limit.most < table.range.lowerBound {
      throw .unreachable(metric: limit.metric, most: limit.most, table.range)
    }
    return tables
  }

  /// Whether every epoch is done.
  package var isFinished: Bool { epoch >= configuration.totalEpochCount }

  package var probabilities: [[Double]] { architecture.probabilities }

  /// Steps of weights per epoch.
  package var batchCount: Int { weightData.batchCount }

  /// Clips that the weights learn from per epoch.
  package var clipCount: Int { weightData.clipCount }

  /// The network that the search would end with now.
  package var derivation: Derivation {
    Derivation(
      probabilities: architecture.probabilities, limits: configuration.objective.limits,
      tables: tables)
  }

  /// One pass over the weights' part of the training set; in the search proper then validation.
  ///
  /// - Parameter onStep: called after every step of weights with (batches done, loss); false stops the
  ///   epoch, which then counts as not begun: go on from the last checkpoint.
  /// - Returns: nil if stopped.
  /// - Throws: `SearchError.diverged`, `.data` or `.network`.
  package func runEpoch(
    onStep: (Int, Double) -> Bool
  ) throws(SearchError) -> SearchEpochReport? {
    let isWarmUp = epoch < configuration.warmUpEpochCount
    var (lossSum, correct, seen) = (0.0, 0, 0)
    var (heldOutCorrect, heldOutSeen) = (0, 0)
    let batches = BatchSequence(
      count: batchCount, makesAhead: supernet.threadCount > 1, normalizer: normalizer
    ) { [weightData, epoch] (index) throws(DatasetError) in
      try weightData.batch(epoch: epoch, index: index)
    }
    for index in 0..<batchCount {
      guard let batch = try next(batches) else { break }
      let step = epoch * batchCount + index
      let choices =
        isWarmUp
        ? sampler.fair(step: step)
        : sampler.path(step: step, probabilities: architecture.probabilities)
      let result = try learn(batch, choices: choices, step: step)
      guard result.loss.isFinite else { throw .diverged(epoch: epoch, batch: index) }
      lossSum += result.loss * Double(batch.clipCount)
      correct += result.correctCount
      seen += batch.clipCount
      if let turn = architectureStep(epoch: epoch, index: index) {
        let result = try learnArchitecture(turn)
        guard result.loss.isFinite else { throw .diverged(epoch: epoch, batch: index) }
        heldOutCorrect += result.correctCount
        heldOutSeen += configuration.batchSize
      }
      guard onStep(index + 1, result.loss) else { return nil }
    }
    epoch += 1
    let derivation = derivation
    let network = try judgedNetwork(derivation.choices)
    derived = network
    let validation = isWarmUp ? nil : try validate(network)
    let report = SearchEpochReport(
      epoch: epoch, isWarmUp: isWarmUp, loss: lossSum / Double(seen),
      trainingAccuracy: Double(correct) / Double(seen),
      heldOutAccuracy: heldOutSeen > 0 ? Double(heldOutCorrect) / Double(heldOutSeen) : nil,
      entropy: architecture.entropy,
      expectedCosts: tables.map { $0.expected(architecture.probabilities) },
      multipliers: multipliers.values, probabilities: architecture.probabilities,
      choices: derivation.choices, costs: tables.map { $0.cost(derivation.choices) },
      accuracyFromReset: validation?.accuracyFromReset,
      accuracyInStream: validation?.accuracyInStream,
      validationClipCount: validation?.clipCount ?? 0)
    history.append(report)
    return report
  }

  /// The network of `derivation` with statistics of its own.
  package func derivedNetwork() throws(SearchError) -> Network {
    if let derived { return derived }
    let network = try judgedNetwork(derivation.choices)
    derived = network
    return network
  }

  private func next(_ batches: BatchSequence) throws(SearchError) -> Batch? {
    do throws(TrainingError) { return try batches.next() } catch { throw .training(error) }
  }

  /// The rate of a step of weights: a cosine for the warm-up and one for the search, each after a
  /// linear rise over an epoch.
  private func rate(step: Int) -> Float {
    let warmUpSteps = configuration.warmUpEpochCount * batchCount
    let isWarmUp = step < warmUpSteps
    let schedule = CosineSchedule(
      peakRate: isWarmUp ? configuration.warmUpRate : configuration.rate,
      warmUpStepCount: batchCount,
      stepCount: isWarmUp ? warmUpSteps : configuration.epochCount * batchCount)
    return schedule.rate(step: isWarmUp ? step : step - warmUpSteps)
  }

  private func learn(
    _ batch: Batch, choices: [Int], step: Int
  ) throws(SearchError) -> CrossEntropy.Result {
    let network = try supernet.network(choices)
    let result = run(network, batch, loss: smoothed, draw: UInt64(step), parameters: true)
    guard result.loss.isFinite else { return result }
    optimizer.step(rate: rate(step: step), of: network.parameters)
    return result
  }

  /// Forward and backward from reset; back to the parameters, or to tensors only.
  private func run(
    _ network: Network, _ batch: Batch, loss: CrossEntropy, draw: UInt64, parameters: Bool
  ) -> CrossEntropy.Result {
    let logits = network.forward(
      batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
      continues: Array(repeating: false, count: batch.clipCount), history: nil, mode: .training,
      draw: configuration.seed &+ draw &* 0x9E37_79B9_7F4A_7C15)
    let result = loss.evaluate(
      logits: logits, labels: batch.labels, labelCount: network.labelCount,
      gradient: logitsGradient)
    if result.loss.isFinite {
      network.backward(
        logitsGradient: logitsGradient, clipCount: batch.clipCount, parameters: parameters)
    }
    return result
  }

  /// The number of the architecture's step after a batch; nil where there is none.
  private func architectureStep(epoch: Int, index: Int) -> Int? {
    let first = configuration.warmUpEpochCount + configuration.restEpochCount
    guard epoch >= first, (index + 1) % configuration.period == 0 else { return nil }
    return (epoch - first) * stepsPerEpoch + index / configuration.period
  }

  /// Steps of the architecture per epoch.
  private var stepsPerEpoch: Int { batchCount / configuration.period }

  private func learnArchitecture(_ turn: Int) throws(SearchError) -> CrossEntropy.Result {
    let batch: Batch
    do throws(DatasetError) {
      batch = try heldOutData.batch(
        epoch: turn / heldOutData.batchCount, index: turn % heldOutData.batchCount)
    } catch { throw .data(error) }
    normalizer.normalize(batch)
    let probabilities = architecture.probabilities
    // Draws of their own, beyond those of the weights' steps.
    let draw = turn + configuration.totalEpochCount * batchCount
    let path = sampler.path(step: draw, probabilities: probabilities)
    let rivals = sampler.rivals(of: path, step: draw, probabilities: probabilities)
    let chosen: [Set<Int>]? =
      configuration.gates == .pair ? zip(path, rivals).map { [$0, $1] } : nil
    let probe = try supernet.probe(
      path, candidates: chosen?.map { $0.sorted() } ?? probabilities.map { Array($0.indices) })
    let result = run(probe.network, batch, loss: plain, draw: UInt64(draw), parameters: false)
    guard result.loss.isFinite else { return result }
    let gates = probe.gateGradients(space, clipCount: batch.clipCount)
    let gradient = gates.indices.map { block in
      Self.logitGradient(
        gates[block], probabilities: probabilities[block], chosen: chosen?[block])
    }
    let pace = architecturePace(turn)
    let total = multipliers.gradient(
      configuration.objective, tables: tables, probabilities: probabilities,
      crossEntropy: result.loss, gradient: gradient, pace: pace)
    architecture.step(
      total, rate: configuration.architectureRate * pace, chosen: chosen)
    if let chosen {
      for block in chosen.indices {
        architecture.keepOthers(block: block, some: chosen[block], before: probabilities[block])
      }
    }
    return result
  }

  /// With two paths the probabilities are those among the two.
  private static func logitGradient(
    _ gates: [Double], probabilities: [Double], chosen: Set<Int>?
  ) -> [Double] {
    guard let chosen else {
      return ArchitectureParameters.logitGradient(gates: gates, probabilities: probabilities)
    }
    let sum = chosen.reduce(0) { $0 + probabilities[$1] }
    return ArchitectureParameters.logitGradient(
      gates: gates,
      probabilities: probabilities.indices.map {
        chosen.contains($0) && sum > 0 ? probabilities[$0] / sum : 0
      })
  }

  /// The rate of a step of the architecture, as a part of that at the end.
  private func architecturePace(_ turn: Int) -> Double {
    let count = (configuration.epochCount - configuration.restEpochCount) * stepsPerEpoch
    let progress = Double(turn + 1) / Double(max(count, 1))
    return 1 - cos(.pi * progress / 2)
  }
}
