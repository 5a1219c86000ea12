// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc
package import ModelFormat

/// A logit per block and candidate, whose softmax says how likely a path takes the candidate, and
/// Adam's state for them.
///
/// Adam without the first moment, as in ProxylessNAS: beta1 = 0, beta2 = 0.999, epsilon 1e-8.
package struct ArchitectureParameters: Equatable, Sendable {
  /// `[block][candidate]`
  package private(set) var logits: [[Float]]

  private var secondMoments: [[Float]]
  private var stepCount = 0

  private static let secondDecay = 0.999
  private static let epsilon = 1e-8

  /// The first stream word of the initial logits ("ALPH").
  private static let stream: UInt32 = 0x414C_5048

  /// Logits from a normal distribution of deviation 1e-3: all candidates are about equally likely.
  package init(_ space: SearchSpace, seed: UInt64) {
    var generator = CounterBasedGenerator(seed: seed, stream: Self.stream)
    logits = space.blocks.map { block in
      block.candidates.map { _ in 1e-3 * generator.nextNormal() }
    }
    secondMoments = logits.map { $0.map { _ in 0 } }
  }

  /// `[block][candidate]`, each block's with sum 1.
  package var probabilities: [[Double]] {
    logits.map { block in
      let largest = Double(block.max() ?? 0)
      let powers = block.map { exp(Double($0) - largest) }
      let sum = powers.reduce(0, +)
      return powers.map { $0 / sum }
    }
  }

  /// Mean over the blocks of the entropy of their candidates, in nats.
  package var entropy: Double {
    let blocks = probabilities.map { block in
      block.reduce(0) { $0 - ($1 > 0 ? $1 * log($1) : 0) }
    }
    return blocks.reduce(0, +) / Double(max(blocks.count, 1))
  }

  /// The gradient by the logits of one block from that by its gates,
  /// `dL/da_i = sum_j dL/dg_j p_j (delta_ij - p_i)` (ProxylessNAS, equation 4).
  package static func logitGradient(gates: [Double], probabilities: [Double]) -> [Double] {
    let mean = zip(gates, probabilities).reduce(0) { $0 + $1.0 * $1.1 }
    return zip(gates, probabilities).map { $1 * ($0 - mean) }
  }

  /// One step against `gradient`, `[block][candidate]`.
  ///
  /// - Parameter chosen: the candidates whose logits move, by block; nil for all.
  package mutating func step(_ gradient: [[Double]], rate: Double, chosen: [Set<Int>]? = nil) {
    stepCount += 1
    let correction = 1 - pow(Self.secondDecay, Double(stepCount))
    for block in logits.indices {
      for index in logits[block].indices where chosen?[block].contains(index) ?? true {
        let value = gradient[block][index]
        let moment =
          Self.secondDecay * Double(secondMoments[block][index])
          + (1 - Self.secondDecay) * value * value
        secondMoments[block][index] = Float(moment)
        let change = rate * value / ((moment / correction).squareRoot() + Self.epsilon)
        logits[block][index] -= Float(change)
      }
    }
  }

  /// Moves the logits of one block together, so that the softmax over `some` sums to what it was
  /// before a step of `some` alone (ProxylessNAS, section 3.2.1: the others stay as likely as before).
  package mutating func keepOthers(block: Int, some: Set<Int>, before: [Double]) {
    let share = some.reduce(0) { $0 + before[$1] }
    let largest = Double(logits[block].max() ?? 0)
    func sum(_ isSome: Bool) -> Double {
      logits[block].indices.filter { some.contains($0) == isSome }
        .reduce(0) { $0 + exp(Double(logits[block][$1]) - largest) }
    }
    let (own, others) = (sum(true), sum(false))
    guard others > 0, own > 0, share > 0, share < 1 else { return }
    let shift = log(share / (1 - share) * others / own)
    for index in some { logits[block][index] += Float(shift) }
  }

  /// The state by name, `search.…`.
  package func exportTensors() -> [String: FloatTensor] {
    let flat = { (values: [[Float]]) in
      FloatTensor(shape: [values.joined().count], values: Array(values.joined()))
    }
    return [
      Self.logitsName: flat(logits), Self.momentsName: flat(secondMoments),
      Self.stepName: FloatTensor(shape: [1], values: [Float(stepCount)]),
    ]
  }

  private static let logitsName = "search.logits"
  private static let momentsName = "search.moments"
  private static let stepName = "search.steps"

  /// Takes over an exported state.
  ///
  /// - Throws: `SearchError.notResumable` where it is missing or of another space.
  package mutating func load(_ tensors: [String: FloatTensor]) throws(SearchError) {
    logits = try Self.read(Self.logitsName, like: logits, tensors)
    secondMoments = try Self.read(Self.momentsName, like: logits, tensors)
    guard let steps = tensors[Self.stepName]?.values.first, let count = Int(exactly: steps),
      count >= 0
    else { throw .notResumable(missing: Self.stepName) }
    stepCount = count
  }

  private static func read(
    _ name: String, like shape: [[Float]], _ tensors: [String: FloatTensor]
  ) throws(SearchError) -> [[Float]] {
    guard let values = tensors[name]?.values, values.count == shape.joined().count,
      values.allSatisfy(\.isFinite)
    else { throw .notResumable(missing: name) }
    var rest = values[...]
    return shape.map { block in
      defer { rest = rest.dropFirst(block.count) }
      return Array(rest.prefix(block.count))
    }
  }
}
