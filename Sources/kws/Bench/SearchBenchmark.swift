// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import NeuralNetwork
import SpeechFeatures
import Threads

/// Times steps of a search through a supernet, in turn with a peer's, on a batch in memory.
struct SearchBenchmark {
  /// What a step does.
  enum Kind: String, CaseIterable {
    /// Weights of a path: forward, loss, backward, update.
    case weights

    /// Gates of two candidates per block.
    case pair

    /// Gates of all candidates.
    case all

    var text: String {
      switch self {
      case .weights: "weights"
      case .pair: "architecture, pair"
      case .all: "architecture, all"
      }
    }
  }

  /// Clips per second of one kind of step.
  struct Speed {
    var kind: Kind
    var seconds: [Double] = []
    var peerSeconds: [Double] = []
  }

  var stepCount: Int
  var roundCount: Int
  var threadCount: Int
  let batchSize = 100

  func run(_ space: SearchSpace, labelCount: Int, peer: SearchPeer?) throws -> [Speed] {
    let supernet = try Supernet(space, seed: 1, threadCount: threadCount)
    let steps = Steps(supernet, labelCount: labelCount, batchSize: batchSize)
    var speeds = Kind.allCases.map { Speed(kind: $0) }
    // Memory is allocated, and threads are started, by the first steps.
    for kind in Kind.allCases {
      _ = try steps.seconds(kind)
      _ = try peer?.step(kind, 1)
    }
    for _ in 0..<roundCount {
      for index in speeds.indices {
        // A step that looks at all candidates takes many times as long as the others.
        let count = speeds[index].kind == .all ? 1 : stepCount
        for _ in 0..<count { speeds[index].seconds.append(try steps.seconds(speeds[index].kind)) }
        if let peer { speeds[index].peerSeconds += try peer.step(speeds[index].kind, count) }
      }
    }
    return speeds
  }

  /// Takes steps on one batch of noise.
  private final class Steps {
    private let supernet: Supernet
    private let sampler: PathSampler
    private let optimizer: SGD
    private let even: [[Double]]
    private let batchSize: Int
    private let features: SharedBuffer<Float>
    private let labels: [Int]
    private let gradient: SharedBuffer<Float>
    private var turn = 0

    init(_ supernet: Supernet, labelCount: Int, batchSize: Int) {
      self.supernet = supernet
      self.batchSize = batchSize
      let space = supernet.space
      sampler = PathSampler(space, seed: 1)
      optimizer = SGD(parameters: supernet.parameters.all, weightDecay: 4e-5)
      even = space.blocks.map { block in
        block.candidates.map { _ in 1 / Double(block.candidates.count) }
      }
      var generator = CounterBasedGenerator(seed: 1, stream: 1)
      features = SharedBuffer(
        (0..<batchSize * space.windowFrameCount * space.features.coefficientCount).map { _ in
          generator.nextNormal()
        })
      labels = (0..<batchSize).map { $0 % labelCount }
      gradient = SharedBuffer(zeroed: batchSize * labelCount)
    }

    func seconds(_ kind: Kind) throws -> Double {
      let start = monotonicSeconds()
      turn += 1
      let path = sampler.path(step: turn, probabilities: even)
      switch kind {
      case .weights:
        let network = try supernet.network(path)
        pass(network, CrossEntropy(labelSmoothing: 0.1), parameters: true)
        optimizer.step(rate: 0.001, of: network.parameters)
      case .pair, .all:
        let rivals = sampler.rivals(of: path, step: turn, probabilities: even)
        let probe = try supernet.probe(
          path,
          candidates: kind == .all
            ? even.map { Array($0.indices) } : zip(path, rivals).map { [$0, $1] })
        pass(probe.network, CrossEntropy(), parameters: false)
        _ = probe.gateGradients(supernet.space, clipCount: batchSize)
      }
      return monotonicSeconds() - start
    }

    private func pass(_ network: Network, _ loss: CrossEntropy, parameters: Bool) {
      let logits = network.forward(
        features, clipCount: batchSize, frameCount: supernet.space.windowFrameCount,
        continues: Array(repeating: false, count: batchSize), history: nil, mode: .training)
      _ = loss.evaluate(
        logits: logits, labels: labels, labelCount: network.labelCount, gradient: gradient)
      network.backward(
        logitsGradient: gradient, clipCount: batchSize, parameters: parameters)
    }
  }
}
