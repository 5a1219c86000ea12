// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat
package import NeuralNetwork

/// The weights of all candidates of a space. Every step runs through a network of its own, one path,
/// which shares its layers' weights with all paths that take the same candidates.
package final class Supernet {
  package let space: SearchSpace
  package let parameters: ParameterStore

  /// Threads of every step.
  package var threadCount: Int

  /// Bits that the weights are rounded to in every step; nil for none.
  package let weightBits: Int?

  private let memory = BufferPool()

  /// Random weights, a function of the seed.
  ///
  /// - Throws: `SearchError.network` for a space with an architecture that makes no sense.
  package init(
    _ space: SearchSpace, weightBits: Int? = nil, seed: UInt64, threadCount: Int
  ) throws(SearchError) {
    self.space = space
    self.weightBits = weightBits
    self.threadCount = threadCount
    parameters = ParameterStore(seed: seed)
    // A look at everything makes all parameters.
    let first = Array(repeating: 0, count: space.blocks.count)
    _ = try probe(first, candidates: space.blocks.map { Array($0.candidates.indices) })
  }

  /// The network of a path.
  package func network(_ choices: [Int]) throws(SearchError) -> Network {
    try network(space.architecture(choices), observed: [])
  }

  /// The network of a path that also computes other candidates of its blocks, on what the path brings
  /// before them; nothing of theirs goes on.
  ///
  /// - Parameter candidates: by block, to be looked at.
  package func probe(_ choices: [Int], candidates: [[Int]]) throws(SearchError) -> Probe {
    var builder = ProbeBuilder(space: space)
    var block = 0
    for part in space.parts {
      switch part {
      case .fixed(let layers): builder.add(layers)
      case .choice(let searched):
        builder.add(searched, chosen: choices[block], candidates: candidates[block])
        block += 1
      }
    }
    return Probe(
      network: try network(space.architecture(builder.layers), observed: builder.observed),
      outputs: builder.outputs.map { builder.index($0) },
      candidates: builder.candidates.map { block in block.mapValues { builder.index($0) } })
  }

  private func network(
    _ architecture: Architecture, observed: Set<String>
  ) throws(SearchError) -> Network {
    do throws(NeuralNetworkError) {
      let network = try Network(
        architecture: architecture, sharing: parameters, memory: memory, observed: observed)
      network.threadCount = threadCount
      if let weightBits {
        for (index, layer) in network.geometry.enumerated() where layer.hasWeights {
          network.roundWeights(layer: index, bitCount: weightBits)
        }
      }
      return network
    } catch { throw .network(error) }
  }
}

/// A path with other candidates beside it.
package struct Probe {
  package let network: Network

  /// By block, the layer that the path goes on from.
  let outputs: [Int]

  /// By block, the last layer of every candidate that is there; none for zero.
  let candidates: [[Int: Int]]

  /// The gradient of the loss by each candidate's gate, `[block][candidate]`, after a backward pass;
  /// 0 for zero and for those that were not looked at.
  package func gateGradients(_ space: SearchSpace, clipCount: Int) -> [[Double]] {
    space.blocks.indices.map { block in
      var gates = [Double](repeating: 0, count: space.blocks[block].candidates.count)
      let known = candidates[block].sorted { $0.key < $1.key }
      let values = network.gateGradients(
        output: outputs[block], candidates: known.map(\.value), clipCount: clipCount)
      for (entry, value) in zip(known, values) { gates[entry.key] = value }
      return gates
    }
  }
}
