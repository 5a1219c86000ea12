// SPDX-License-Identifier: GPL-3.0-or-later

import ArchitectureSearch
import Buffers
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import SyntheticSpeech
import Testing

@Suite struct SearcherTests {
  private let data: TrainingData

  init() throws {
    let set = try SyntheticLogMelSet(in: FileManager.default.temporaryDirectory.path)
    defer { try? FileManager.default.removeItem(atPath: set.path) }
    data = try TrainingData(
      sources: [.logMel(path: set.path)], keywords: ["yes", "no"],
      features: FeatureConfiguration(), batchSize: 10, seed: 3)
  }

  /// Two blocks along time in a row.
  private func space(channelCount: Int = 8) -> SearchSpace {
    let reach = { (count: Int) in
      Candidate.separable(
        kernel: Extent(time: count, frequency: 1), dilation: 1, pairCount: 1)
    }
    let blocks = (1...2).map { number in
      SearchSpace.Part.choice(
        SearchBlock(
          name: "block\(number)",
          candidates: [reach(3), reach(9), .zero, reach(5)], inputChannelCount: channelCount,
          outputChannelCount: channelCount, frequencyCount: 1, activation: .relu,
          innerActivation: .relu))
    }
    let stem: [Layer] = [
      Layer(name: "flat", operation: .frequencyToChannels),
      .convolution(
        "stem", channelCount, kernel: Extent(time: 3, frequency: 1),
        stride: Extent(time: 4, frequency: 1), activation: .relu),
    ]
    return SearchSpace(
      name: "test", features: data.features, windowFrameCount: data.frameCount,
      parts: [.fixed(stem)] + blocks + [.fixed(Layer.classifier(labelCount: data.labels.count))])
  }

  private func configuration(
    _ objective: CostObjective = .limits([CostLimit(metric: .macs, most: 1e9)])
  ) -> SearchConfiguration {
    var configuration = SearchConfiguration(
      warmUpEpochCount: 1, epochCount: 3, objective: objective)
    configuration.batchSize = 10
    configuration.restEpochCount = 0
    configuration.period = 1
    configuration.heldOutPercent = 40
    configuration.rate = 0.05
    configuration.architectureRate = 0.1
    return configuration
  }

  private func searcher(
    _ configuration: SearchConfiguration, threadCount: Int = 2
  ) throws -> Searcher {
    try Searcher(
      space: space(), data: data, configuration: configuration, threadCount: threadCount)
  }

  private var provenance: Provenance {
    Provenance(
      license: "CC-BY-4.0", attribution: "", datasetDigest: data.digest, commands: [], seed: 1,
      accuracy: [])
  }

  private func finish(_ searcher: Searcher) throws -> Checkpoint {
    while !searcher.isFinished { _ = try searcher.runEpoch { _, _ in true } }
    return try searcher.checkpoint(provenance: provenance)
  }

  @Test(arguments: [GateMode.all, .pair])
  func `one seed gives the same search at any number of threads`(_ gates: GateMode) throws {
    var configuration = configuration()
    configuration.gates = gates
    let results = try [1, 2, 3].map {
      try finish(try searcher(configuration, threadCount: $0)).encoded()
    }
    #expect(results[0] == results[1])
    #expect(results[0] == results[2])
  }

  @Test func `weights of few bits are searched with, too, and resumed`() throws {
    var few = configuration()
    few.weightBits = 2
    let expected = try finish(try searcher(few))
    #expect(try finish(try searcher(configuration())).tensors != expected.tensors)
    let first = try searcher(few)
    _ = try first.runEpoch { _, _ in true }
    let second = try searcher(few)
    try second.resume(try first.checkpoint(provenance: provenance))
    #expect(try finish(second).encoded() == expected.encoded())
  }

  @Test func `a search that was cut off after any epoch ends the same`() throws {
    let expected = try finish(try searcher(configuration())).encoded()
    for epochCount in 1...3 {
      let first = try searcher(configuration())
      for _ in 0..<epochCount { _ = try first.runEpoch { _, _ in true } }
      // An epoch that is stopped half-way counts for nothing.
      let kept = try first.checkpoint(provenance: provenance).encoded()
      #expect(try first.runEpoch { batch, _ in batch < 2 } == nil)
      let second = try searcher(configuration())
      try second.resume(try Checkpoint(reading: kept))
      #expect(second.epoch == epochCount)
      #expect(try finish(second).encoded() == expected)
    }
  }

  @Test func `a checkpoint of other options is refused`() throws {
    let first = try searcher(configuration())
    _ = try first.runEpoch { _, _ in true }
    let checkpoint = try first.checkpoint(provenance: provenance)
    var other = configuration()
    other.seed = 2
    let second = try searcher(other)
    #expect(throws: SearchError.self) { try second.resume(checkpoint) }
    var foreign = checkpoint
    foreign.state = [:]
    let third = try searcher(configuration())
    #expect(throws: SearchError.self) { try third.resume(foreign) }
  }

  @Test func `a checkpoint of clips varied in another way, or of other times, is refused`() throws {
    let set = try SyntheticLogMelSet(in: FileManager.default.temporaryDirectory.path)
    defer { try? FileManager.default.removeItem(atPath: set.path) }
    func searcher(
      _ strength: AugmentationStrength = .standard, middle: Double = 1
    ) throws -> Searcher {
      let data = try TrainingData(
        sources: [.logMel(path: set.path)], keywords: ["yes", "no"],
        features: FeatureConfiguration(), batchSize: 10, seed: 3,
        augmentation: AugmentationConfiguration(strength))
      var latencies = LatencyTable()
      // Neither the cheapest nor the costliest network has the kernel of five columns.
      for (choice, time) in [(1, 10), (3, middle)] {
        for layer in try space().architecture([choice, 2]).geometry() {
          guard case .depthwise = layer.layer.operation else { continue }
          latencies.microseconds[LatencyTable.key(layer)] = time
        }
      }
      return try Searcher(
        space: space(), data: data,
        configuration: configuration(.limits([CostLimit(metric: .latency, most: 1e9)])),
        latencies: latencies, threadCount: 2)
    }
    let first = try searcher()
    _ = try first.runEpoch { _, _ in true }
    let checkpoint = try first.checkpoint(provenance: provenance)
    try searcher().resume(checkpoint)
    for (other, expected) in [
      (try searcher(.light), "data options"),
      (try searcher(middle: 2), "costs of the space (SHA-256)"),
    ] {
      #expect {
        try other.resume(checkpoint)
      } throws: { error in
        guard case SearchError.mismatch(let field, _, _) = error else { return false }
        return field == expected
      }
    }
  }

  @Test func `a steep price empties the network, none leaves the choice to accuracy`() throws {
    var dear = configuration(.additive(metric: .macs, reference: 1e4, weight: 500))
    dear.epochCount = 6
    let search = try searcher(dear)
    let checkpoint = try finish(search)
    let zero = try #require(space().blocks[0].candidates.firstIndex(of: .zero))
    #expect(search.derivation.choices == [zero, zero])
    #expect(checkpoint.architecture.layers.allSatisfy { !$0.name.hasPrefix("block") })
    let expected = try #require(search.history.last).expectedCosts[0]
    #expect(expected < 1.3 * search.tables[0].fixed)
  }

  @Test func `a limit is kept by what is derived`() throws {
    let free = try CostTable(.macs, space())
    let most = free.fixed + 0.4 * (free.range.upperBound - free.fixed)
    let search = try searcher(configuration(.limits([CostLimit(metric: .macs, most: most)])))
    let checkpoint = try finish(search)
    let costs = try checkpoint.architecture.costs(framesPerSecond: 100)
    let macs = Double(costs.reduce(0) { $0 + $1.macPerWindow })
    #expect(macs <= most)
    #expect(macs == search.tables[0].cost(search.derivation.choices))
    #expect(throws: SearchError.self) {
      try searcher(
        configuration(.limits([CostLimit(metric: .macs, most: free.range.lowerBound / 2)])))
    }
  }

  @Test func `architecture and weights learn from different speakers`() throws {
    let rest = try data.with(.rest(percent: 40))
    let heldOut = try data.with(.heldOut(percent: 40))
    #expect(rest.clipCount > 0 && heldOut.clipCount > 0)
    #expect(rest.clipCount < data.clipCount && heldOut.clipCount < data.clipCount)
    // The same clips are left for validation.
    #expect(rest.validationBatchCount == data.validationBatchCount)
  }

  @Test func `the derived checkpoint holds the supernet's weights and its own statistics`() throws {
    let search = try searcher(configuration())
    let checkpoint = try finish(search)
    let network = try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors)
    let shared = search.supernet.parameters.exportTensors()
    for parameter in network.parameters {
      #expect(checkpoint.tensors[parameter.name] == shared[parameter.name])
    }
    for (name, tensor) in network.statistics where name.hasSuffix(".mean") {
      #expect(tensor.values.contains { $0 != 0 }, "\(name)")
    }
  }

  @Test func `fair paths take every candidate once before any twice`() {
    let space = SearchSpace.paper(coefficientCount: 10, width: 1, labelCount: 12)
    let sampler = PathSampler(space, seed: 4)
    for deck in 0..<3 {
      let paths = (0..<18).map { sampler.fair(step: deck * 18 + $0) }
      #expect(Set(paths.map { $0[0] }).count == 18)
    }
    let paths = (0..<19).map { sampler.fair(step: $0) }
    #expect(Set(paths.map { $0[5] }).count == 19)
  }

  @Test func `paths are drawn with their probabilities`() {
    let space = space()
    let sampler = PathSampler(space, seed: 4)
    let probabilities = [[0.1, 0.2, 0.3, 0.4], [0, 1, 0, 0]]
    var counts = [0, 0, 0, 0]
    for step in 0..<4_000 {
      let path = sampler.path(step: step, probabilities: probabilities)
      counts[path[0]] += 1
      #expect(path[1] == 1)
      let rivals = sampler.rivals(of: path, step: step, probabilities: probabilities)
      #expect(rivals[0] != path[0])
    }
    for (count, probability) in zip(counts, probabilities[0]) {
      // Four standard deviations.
      let deviation = (4_000 * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(count) - 4_000 * probability) < 4 * deviation)
    }
  }
}
