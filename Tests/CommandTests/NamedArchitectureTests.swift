// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import ModelFormat
import SpeechFeatures
import Testing

/// What a named architecture asks of the features where no option does.
@Suite struct NamedArchitectureTests {
  private let fixture: TrainingFixture

  init() throws { fixture = try TrainingFixture() }

  private func train(_ options: [String]) throws -> Command {
    try Command(
      [
        "train", "--data", "log-mel=\(fixture.data)", "--keywords", "yes,no", "--batch", "10",
        "--epochs", "1", "--overwrite", "--output", fixture.folder.path("run.safetensors"),
      ] + options)
  }

  private func checkpoint(_ options: [String]) throws -> Checkpoint {
    let run = try train(options)
    #expect(run.status == 0, "\(options): \(run.error)")
    let file = URL(fileURLWithPath: fixture.folder.path("run.safetensors"))
    return try Checkpoint(reading: Array(Data(contentsOf: file)))
  }

  @Test(arguments: [("ds-cnn-s", 10), ("wm1.25_3", 10), ("mfcc20_4", 20)])
  func `a name brings its features`(name: String, coefficientCount: Int) throws {
    let checkpoint = try checkpoint(["--architecture", name])
    #expect(checkpoint.architecture.name == name)
    #expect(checkpoint.architecture.windowFrameCount == 49)
    #expect(
      checkpoint.features
        == FeatureConfiguration(hopLength: 320, cepstralCoefficientCount: coefficientCount))
  }

  @Test func `options win over a name, each for itself`() throws {
    let hop = try checkpoint(["--architecture", "ds-cnn-s", "--hop", "160"])
    #expect(hop.features == FeatureConfiguration(hopLength: 160, cepstralCoefficientCount: 10))
    #expect(hop.architecture.windowFrameCount == 97)
    let count = try checkpoint(["--architecture", "ds-cnn-s", "--coefficients", "13"])
    #expect(count.features == FeatureConfiguration(hopLength: 320, cepstralCoefficientCount: 13))
    #expect(count.architecture.coefficientCount == 13)
    let spectra = try checkpoint(["--architecture", "temporal-48", "--hop", "320"])
    #expect(spectra.features == FeatureConfiguration(hopLength: 320))
  }

  private func refusal(_ options: [String], says text: String) throws {
    let run = try train(options)
    #expect(run.status == 65 && run.error.contains(text), "\(options): \(run.error)")
  }

  @Test func `features that an architecture cannot have are refused`() throws {
    // Twelve coefficients leave six frequencies behind the stem.
    try refusal(
      ["--architecture", "bc-resnet-1", "--coefficients", "12"], says: "6 frequencies in 5 bands")
  }

  @Test func `a file is for log-mel spectra at hop 160 unless options say otherwise`() throws {
    let file = try checkpoint(["--architecture", fixture.architecture])
    #expect(file.features == FeatureConfiguration())
    try refusal(
      ["--architecture", fixture.architecture, "--hop", "320"],
      says: "windowFrameCount is 97, expected 49")
    try refusal(
      ["--architecture", fixture.architecture, "--coefficients", "10"],
      says: "coefficientCount is 40, expected 10")
  }
}
