// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
package import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import Storage
import Training

extension Searcher {
  /// Keys of a search in a checkpoint's state.
  enum StateKey {
    static let epoch = "search.epoch"
    static let configuration = "search.configuration"
    static let space = "search.space"
    static let costs = "search.costs"
    static let data = "search.data"
    static let history = "search.history"
  }

  /// The network that the search would end with now, with the supernet's weights and statistics of
  /// its own; before the end with everything that is needed to go on bit for bit.
  package func checkpoint(provenance: Provenance) throws(SearchError) -> Checkpoint {
    let network = try derivedNetwork()
    var tensors = network.exportTensors()
    if !isFinished {
      tensors.merge(supernet.parameters.exportTensors(), uniquingKeysWith: { $1 })
      tensors.merge(optimizer.exportTensors(), uniquingKeysWith: { $1 })
    }
    tensors.merge(architecture.exportTensors(), uniquingKeysWith: { $1 })
    if !multipliers.values.isEmpty {
      tensors[Self.multipliersName] = FloatTensor(
        shape: [multipliers.values.count], values: multipliers.values)
    }
    return Checkpoint(
      architecture: network.architecture, features: data.features,
      normalization: normalizer.normalization, labels: data.labels, tensors: tensors,
      state: [
        StateKey.epoch: "\(epoch)", StateKey.configuration: configuration.text,
        StateKey.space: space.description, StateKey.costs: costsDigest,
        StateKey.data: data.drawDescription, StateKey.history: Self.text(history),
      ],
      provenance: provenance)
  }

  private static let multipliersName = "search.multipliers"

  /// Goes on from a checkpoint of this search.
  ///
  /// - Throws: `.mismatch` where space, configuration or data differ, `.notResumable` where the
  ///   checkpoint holds no search's state, `.network` where tensors are missing.
  package func resume(_ checkpoint: Checkpoint) throws(SearchError) {
    func state(_ key: String) throws(SearchError) -> String {
      guard let text = checkpoint.state[key] else { throw .notResumable(missing: key) }
      return text
    }
    try Self.same("spaces", try state(StateKey.space), space.description)
    try Self.same("search options", try state(StateKey.configuration), configuration.text)
    try Self.same("costs of the space (SHA-256)", try state(StateKey.costs), costsDigest)
    guard
      let augmentation = try? JSONDecoder().decode(
        AugmentationConfiguration.self, from: Data(try state(StateKey.data).utf8))
    else { throw .notResumable(missing: StateKey.data) }
    let options = FieldDifferences(augmentation, data.augmentation)
    try Self.same("data options", options.expected, options.found)
    try Self.same(
      "data set (SHA-256 of its index)", checkpoint.provenance.datasetDigest, data.digest)
    try Self.same(
      "labels", checkpoint.labels.joined(separator: " "), data.labels.joined(separator: " "))
    let count = try state(StateKey.epoch)
    guard let done = Int(count), (1...configuration.totalEpochCount).contains(done) else {
      throw .notResumable(missing: StateKey.epoch)
    }
    guard
      let reports = try? JSONDecoder().decode(
        [SearchEpochReport].self, from: Data(try state(StateKey.history).utf8)),
      reports.count == done
    else { throw .notResumable(missing: StateKey.history) }
    try architecture.load(checkpoint.tensors)
    if !multipliers.values.isEmpty {
      guard let values = checkpoint.tensors[Self.multipliersName]?.values,
        values.count == multipliers.values.count, values.allSatisfy(\.isFinite)
      else { throw .notResumable(missing: Self.multipliersName) }
      multipliers = CostMultipliers(values: values)
    }
    if done < configuration.totalEpochCount {
      do throws(NeuralNetworkError) {
        try supernet.parameters.load(checkpoint.tensors)
        try optimizer.load(checkpoint.tensors)
      } catch { throw .network(error) }
    }
    epoch = done
    history = reports
  }

  /// Stands for what every candidate costs: with other measured times another search.
  private var costsDigest: String {
    let text = tables.map { "\($0.metric.rawValue) \($0.fixed) \($0.entries)" }.joined()
    return SHA256.digest(of: Array(text.utf8).span)
  }

  private static func same(
    _ field: String, _ expected: String, _ found: String
  ) throws(SearchError) {
    guard expected == found else {
      throw .mismatch(field: field, expected: expected, found: found)
    }
  }

  private static func text(_ history: [SearchEpochReport]) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Reports of finished epochs hold finite numbers only.
    return String(decoding: try! encoder.encode(history), as: UTF8.self)
  }

  /// The reports in a checkpoint that a search wrote; nil for another one.
  package static func history(of checkpoint: Checkpoint) -> [SearchEpochReport]? {
    checkpoint.state[StateKey.history].flatMap {
      try? JSONDecoder().decode([SearchEpochReport].self, from: Data($0.utf8))
    }
  }
}

extension SearchSpace: CustomStringConvertible {
  /// Everything that the space consists of, in one line.
  package var description: String {
    let blocks = blocks.map { block in
      "\(block.name) \(block.inputChannelCount)>\(block.outputChannelCount)x\(block.frequencyCount) "
        + block.candidates.map(\.name).joined(separator: ",")
    }
    let fixed = parts.flatMap { part -> [String] in
      if case .fixed(let layers) = part { layers.map { "\($0.name) \($0.operation)" } } else { [] }
    }
    return "\(name) \(features.coefficientCount)x\(windowFrameCount): "
      + (blocks + fixed).joined(separator: "; ")
  }
}
