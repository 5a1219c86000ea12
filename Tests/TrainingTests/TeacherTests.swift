// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials
import ModelFormat
import NeuralNetwork
import SpeechDatasets
import SpeechFeatures
import SyntheticSpeech
import Testing
import Training

/// Learning from a trained network.
@Suite struct TeacherTests {
  private let data: TrainingData

  init() throws {
    let set = try SyntheticLogMelSet(in: FileManager.default.temporaryDirectory.path)
    defer { try? FileManager.default.removeItem(atPath: set.path) }
    data = try TrainingData(
      sources: [.logMel(path: set.path)], keywords: ["yes", "no"],
      features: FeatureConfiguration(), batchSize: 10, seed: 3)
  }

  private func configuration(
    epochs: Int = 3, learningRate: Float = 0.05, _ teacher: Teacher? = nil
  ) -> TrainingConfiguration {
    TrainingConfiguration(
      epochCount: epochs, batchSize: 10, learningRate: learningRate, warmUpEpochCount: 1,
      distillation: teacher?.distillation, seed: 3)
  }

  private func checkpoint(_ trainer: Trainer) throws -> Checkpoint {
    try Checkpoint(
      reading: trainer.checkpoint(
        provenance: Provenance(
          license: "CC-BY-4.0", attribution: "", datasetDigest: data.digest, commands: [],
          seed: 3, accuracy: [])
      ).encoded())
  }

  @discardableResult private func finish(_ trainer: Trainer) throws -> EpochReport? {
    var report: EpochReport?
    while !trainer.isFinished { report = try trainer.runEpoch(now: { 0 }) { _, _ in true } }
    return report
  }

  private func taught(
    weight: Float, epochs: Int = 3, digest: String = "of 12 channels"
  ) throws -> Teacher {
    let trainer = try Trainer(
      architecture: .small(channels: 12), data: data,
      configuration: configuration(epochs: epochs))
    try finish(trainer)
    return try Teacher(
      checkpoint(trainer), digest: digest, weight: weight, data: data)
  }

  private func student(_ teacher: Teacher) throws -> Trainer {
    try Trainer(
      architecture: .small(channels: 6), data: data,
      configuration: configuration(teacher), teacher: teacher)
  }

  @Test func `a student learns the words from its teacher's answers alone`() throws {
    let teacher = try taught(weight: 1, epochs: 10)
    let trainer = try Trainer(
      architecture: .small(channels: 6), data: data,
      configuration: configuration(epochs: 10, teacher), teacher: teacher)
    let report = try #require(try finish(trainer))
    #expect(report.validation.accuracyFromReset > 0.9)
    #expect(report.validation.accuracyInStream > 0.9)
  }

  @Test func `a teacher's run that is resumed equals one that never stopped`() throws {
    let whole = try student(try taught(weight: 0.5))
    try finish(whole)

    let first = try student(try taught(weight: 0.5))
    _ = try first.runEpoch(now: { 0 }) { _, _ in true }
    let saved = try checkpoint(first)
    let teacher = try taught(weight: 0.5)
    let second = try Trainer(
      resuming: saved, architecture: .small(channels: 6), data: data,
      configuration: configuration(teacher), teacher: teacher)
    try finish(second)
    #expect(try checkpoint(second).encoded() == checkpoint(whole).encoded())
  }

  @Test func `resuming with another teacher is refused`() throws {
    let first = try student(try taught(weight: 0.5))
    _ = try first.runEpoch(now: { 0 }) { _, _ in true }
    let saved = try checkpoint(first)
    let other = try taught(weight: 0.5, digest: "of another")
    for teacher in [nil, other] {
      #expect {
        try Trainer(
          resuming: saved, architecture: .small(channels: 6), data: data,
          configuration: configuration(teacher), teacher: teacher)
      } throws: { error in
        guard case TrainingError.mismatch(let field, _, _) = error else { return false }
        return field == "training options"
      }
    }
  }

  @Test func `a teacher of another task is refused with what differs`() throws {
    let trainer = try Trainer(
      architecture: .small(channels: 12), data: data, configuration: configuration())
    var checkpoint = try checkpoint(trainer)
    checkpoint.labels = ["up", "no", "_silence_", "_unknown_"]
    #expect {
      try Teacher(checkpoint, digest: "", weight: 0.5, data: data)
    } throws: { error in
      guard case TrainingError.teacher("labels", "yes no _silence_ _unknown_", _) = error else {
        return false
      }
      return true
    }
  }

  @Test func `of features that differ only those fields are named`() throws {
    let trainer = try Trainer(
      architecture: .small(channels: 12), data: data, configuration: configuration())
    var checkpoint = try checkpoint(trainer)
    checkpoint.features.hopLength = 320
    checkpoint.features.cepstralCoefficientCount = 10
    #expect {
      try Teacher(checkpoint, digest: "", weight: 0.5, data: data)
    } throws: { error in
      guard case TrainingError.teacher("features", let expected, let found) = error else {
        return false
      }
      return expected == "hopLength 160, cepstralCoefficientCount none"
        && found == "hopLength 320, cepstralCoefficientCount 10"
    }
  }
}
