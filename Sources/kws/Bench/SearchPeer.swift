// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import FoundationEssentials
import ModelFormat
import SpeechFeatures

/// A Python that takes the same steps of a search in PyTorch whenever it is told to.
///
/// What is said both ways is described in the script.
final class SearchPeer {
  let description: TrainingPeer.Description
  private var process: PeerProcess

  private struct Request: Encodable {
    var parts: [Part]
    var features: [Int]
    var labels: Int
    var batch: Int
    var threads: Int
  }

  private struct Part: Encodable {
    var layers: [ShapedLayer]?
    var candidates: [[ShapedLayer]]?
    var shortcut: Bool?
  }

  /// A layer with the shapes `[time, frequency, channel]` of a window before and after it.
  private struct ShapedLayer: Encodable {
    var layer: Layer
    var input: [Int]
    var output: [Int]

    private enum CodingKeys: CodingKey { case operation, normalization, activation, input, output }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(layer.operation, forKey: .operation)
      try container.encode(layer.normalization, forKey: .normalization)
      try container.encode(layer.activation, forKey: .activation)
      try container.encode(input, forKey: .input)
      try container.encode(output, forKey: .output)
    }
  }

  private struct Steps: Decodable { var seconds: [Double] }

  /// Starts `python` on a space of layers in rows, without branches.
  init(
    python: String, preload: String?, space: SearchSpace, labelCount: Int, batchSize: Int,
    threadCount: Int
  ) throws {
    let request = Request(
      parts: try Self.parts(space),
      features: [
        space.windowFrameCount, space.features.coefficientCount,
      ], labels: labelCount, batch: batchSize, threads: threadCount)
    process = try PeerProcess(
      python: python, script: "Tests/Benchmarks/search_peer.py", preload: preload,
      option: "--peer")
    description = try process.ask(
      String(decoding: JSONEncoder().encode(request), as: UTF8.self))
  }

  deinit { process.finish() }

  /// Runs so many steps of a kind; the seconds of each.
  func step(_ kind: SearchBenchmark.Kind, _ count: Int) throws -> [Double] {
    let answer: Steps = try process.ask("\(kind.rawValue) \(count)")
    return answer.seconds
  }

  /// The space with every layer's shapes: blocks keep them, so any path through the others will do.
  private static func parts(_ space: SearchSpace) throws -> [Part] {
    let blocks = space.blocks
    let first = blocks.map { _ in 0 }
    func shaped(_ layers: [Layer], _ choices: [Int]) throws -> [ShapedLayer] {
      let geometry = try space.architecture(choices).geometry()
      return layers.map { layer in
        let own = geometry.first { $0.layer.name == layer.name }!
        let input =
          own.inputIndex.map { geometry[$0].windowShape }
          ?? [space.windowFrameCount, space.features.coefficientCount, 1]
        return ShapedLayer(layer: own.layer, input: input, output: own.windowShape)
      }
    }
    var block = 0
    return try space.parts.map { part in
      switch part {
      case .fixed(let layers): return Part(layers: try shaped(layers, first))
      case .choice(let searched):
        defer { block += 1 }
        let candidates = try searched.candidates.indices.map { candidate in
          var choices = first
          choices[block] = candidate
          return try shaped(
            searched.bareLayers(searched.candidates[candidate], source: "input"), choices)
        }
        return Part(candidates: candidates, shortcut: searched.hasShortcut)
      }
    }
  }
}
