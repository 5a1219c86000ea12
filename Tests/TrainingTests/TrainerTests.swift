// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import SyntheticSpeech
import Testing
import Training

@Suite struct TrainerTests {
  private let data: TrainingData
  private let architecture = Architecture.small()

  init() throws {
    let set = try SyntheticLogMelSet(in: FileManager.default.temporaryDirectory.path)
    defer { try? FileManager.default.removeItem(atPath: set.path) }
    data = try TrainingData(
      sources: [.logMel(path: set.path)], keywords: ["yes", "no"],
      features: FeatureConfiguration(), batchSize: 10, seed: 3)
  }

  private func configuration(epochs: Int = 4) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochs, batchSize: 10, learningRate: 0.05, warmUpEpochCount: 1, seed: 3)
  }

  private func provenance(_ data: TrainingData) -> Provenance {
    Provenance(
      license: "CC-BY-4.0", attribution: "", datasetDigest: data.digest, commands: [], seed: 3,
      accuracy: [])
  }

  private func finish(_ trainer: Trainer) throws -> EpochReport? {
    var report: EpochReport?
    while !trainer.isFinished { report = try trainer.runEpoch(now: { 0 }) { _, _ in true } }
    return report
  }

  @Test func `words of different heights are learned from reset and in-stream`() throws {
    let trainer = try Trainer(
      architecture: architecture, data: data, configuration: configuration(epochs: 8))
    let report = try #require(try finish(trainer))
    // Four classes: chance is a little over 40 %, the share of one keyword.
    #expect(report.validation.accuracyFromReset > 0.9)
    #expect(report.validation.accuracyInStream > 0.9)
    #expect(report.validation.clipCount > 20)
  }

  @Test func `the network of a checkpoint has the integers that its training simulated`() throws {
    var configuration = configuration(epochs: 2)
    configuration.bitWidths = try BitWidths(
      architecture.geometry(), weights: [2], activations: [4])
    let trainer = try Trainer(architecture: architecture, data: data, configuration: configuration)
    _ = try finish(trainer)
    let checkpoint = try Checkpoint(
      reading: trainer.checkpoint(provenance: provenance(data)).encoded())
    let batch = try data.validationBatch(0)
    FeatureNormalizer(data.normalization).normalize(batch)
    func logits(_ network: Network) -> [Float] {
      let logits = network.forward(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
        continues: Array(repeating: false, count: batch.clipCount), history: nil,
        mode: .inference)
      return logits.span.indices.map { logits.span[$0] }
    }
    let expected = logits(trainer.network)
    #expect(logits(try Network.of(checkpoint)) == expected)
    #expect(
      logits(try Network(architecture: checkpoint.architecture, tensors: checkpoint.tensors))
        != expected)
  }

  @Test func `a run that is stopped in an epoch and resumed equals one that never stopped`() throws
  {
    let whole = try Trainer(
      architecture: architecture, data: data, configuration: configuration())
    _ = try finish(whole)

    let first = try Trainer(
      architecture: architecture, data: data, configuration: configuration())
    _ = try first.runEpoch(now: { 0 }) { _, _ in true }
    _ = try first.runEpoch(now: { 0 }) { _, _ in true }
    let saved = first.checkpoint(provenance: provenance(data)).encoded()
    let stopped = try first.runEpoch(now: { 0 }) { batch, _ in batch < 2 }
    #expect(stopped == nil)

    let second = try Trainer(
      resuming: Checkpoint(reading: saved), architecture: architecture, data: data,
      configuration: configuration())
    #expect(second.epoch == 2)
    _ = try finish(second)
    #expect(
      second.checkpoint(provenance: provenance(data)).encoded()
        == whole.checkpoint(provenance: provenance(data)).encoded())
  }

  @Test func `validation in-stream begins after the last full batch`() throws {
    func leading(batchSize: Int) throws -> (batch: Int, full: Int) {
      let set = try SyntheticLogMelSet(in: FileManager.default.temporaryDirectory.path)
      defer { try? FileManager.default.removeItem(atPath: set.path) }
      let data = try TrainingData(
        sources: [.logMel(path: set.path)], keywords: ["yes", "no"],
        features: FeatureConfiguration(), batchSize: batchSize, seed: 3)
      return (
        Validation(data: data, batchSize: batchSize).leadingBatch,
        try (0..<data.validationBatchCount).last {
          try data.validationBatch($0).clipCount == batchSize
        } ?? 0
      )
    }
    // 24 clips: the last batch is full, is smaller, is the only one.
    for size in [8, 10, 12, 24, 100] {
      let (batch, full) = try leading(batchSize: size)
      #expect(batch == full, "batches of \(size)")
    }
  }

  @Test func `the thread count does not change a bit`() throws {
    let files = try [1, 3].map { threads in
      let trainer = try Trainer(
        architecture: architecture, data: data, configuration: configuration(epochs: 2))
      trainer.network.threadCount = threads
      _ = try finish(trainer)
      return trainer.checkpoint(provenance: provenance(data)).encoded()
    }
    #expect(files[0] == files[1])
  }

  @Test func `resuming another run is refused with the field that differs`() throws {
    let trainer = try Trainer(
      architecture: architecture, data: data, configuration: configuration())
    let checkpoint = trainer.checkpoint(provenance: provenance(data))
    func field(_ architecture: Architecture, _ configuration: TrainingConfiguration) -> String? {
      do {
        _ = try Trainer(
          resuming: checkpoint, architecture: architecture, data: data,
          configuration: configuration)
        return nil
      } catch {
        guard case .mismatch(let field, _, _) = error else { return "\(error)" }
        return field
      }
    }
    var other = architecture
    other.layers[1].activation = .relu6
    #expect(field(architecture, configuration()) == nil)
    #expect(field(other, configuration()) == "architectures")
    #expect(field(architecture, configuration(epochs: 5)) == "training options")
  }

  @Test func `resuming with other draws is refused with those that differ`() throws {
    let trainer = try Trainer(
      architecture: architecture, data: data, configuration: configuration())
    var checkpoint = trainer.checkpoint(provenance: provenance(data))
    var other = data.augmentation
    other.shiftSeconds = 0.25
    other.gainDecibels = -3...3
    checkpoint.state["data"] = String(decoding: try JSONEncoder().encode(other), as: UTF8.self)
    let error = try #require(throws: TrainingError.self) {
      _ = try Trainer(
        resuming: checkpoint, architecture: architecture, data: data,
        configuration: configuration())
    }
    guard case .mismatch(let field, let expected, let found) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(field == "data options")
    #expect(expected == "shiftSeconds 0.25, gainDecibels -3.0...3.0")
    #expect(found == "shiftSeconds 0.1, gainDecibels -10.0...6.0")
  }

  @Test(arguments: ["5", "-1", "99999999999999999999", "9223372036854775807", "one"])
  func `an epoch that the run does not have is refused`(found: String) throws {
    let trainer = try Trainer(
      architecture: architecture, data: data, configuration: configuration())
    var checkpoint = trainer.checkpoint(provenance: provenance(data))
    checkpoint.state["epoch"] = found
    #expect {
      _ = try Trainer(
        resuming: checkpoint, architecture: architecture, data: data,
        configuration: configuration())
    } throws: { error in
      guard case .epoch(found, 0...4)? = error as? TrainingError else { return false }
      return true
    }
  }

  @Test func `a learning rate that is far too high is an error, not a broken checkpoint`() throws {
    var options = configuration()
    options.learningRate = 100
    options.weightDecay = 1
    options.warmUpEpochCount = 0
    options.epochCount = 60
    let trainer = try Trainer(architecture: architecture, data: data, configuration: options)
    #expect(throws: TrainingError.self) { _ = try finish(trainer) }
  }
}
