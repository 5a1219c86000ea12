// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechFeatures
import Testing

struct GoldenTests {
  private let golden: Golden

  init() throws { golden = try Golden() }

  @Test(arguments: FeaturePlan.availableInstructionSets)
  func `log-mels agree with double precision`(name: String) throws {
    let plan = try FeaturePlan(FeatureConfiguration(), instructionSet: name)
    let found = features(plan, golden.samples)
    let expected = try golden.frames("log_mel_512_160", count: 97)
    let difference = largestDifference(found, expected)
    print("log-mel 512/160, \(name): largest difference \(difference)")
    #expect(difference < 1e-3)
  }

  @Test(arguments: FeaturePlan.availableInstructionSets)
  func `640/320 log-mels agree with double precision`(name: String) throws {
    var configuration = FeatureConfiguration.mfcc(40)
    configuration.cepstralCoefficientCount = nil
    let plan = try FeaturePlan(configuration, instructionSet: name)
    let found = features(plan, golden.samples)
    let expected = try golden.frames("log_mel_640_320", count: 49)
    #expect(largestDifference(found, expected) < 1e-3)
  }

  @Test(arguments: FeaturePlan.availableInstructionSets, [1, 10, 20, 30, 40])
  func `cepstra agree with double precision`(name: String, count: Int) throws {
    let plan = try FeaturePlan(.mfcc(count), instructionSet: name)
    let found = features(plan, golden.samples)
    let expected = try golden.frames("mfcc_640_320", count: 49)
    let cut = (0..<49).flatMap { expected[($0 * 40)..<($0 * 40 + count)] }
    let difference = largestDifference(found, cut)
    print("\(count) MFCC 640/320, \(name): largest difference \(difference)")
    #expect(difference < 1e-3)
  }

  @Test(arguments: FeaturePlan.availableInstructionSets)
  func `every variant agrees with the scalar form at awkward sizes`(name: String) throws {
    let sizes: [(window: Int, hop: Int, fft: Int, mels: Int, high: Int)] = [
      (37, 11, 40, 3, 8_000), (400, 160, 512, 80, 7_600),
      (401, 500, 1_021, 17, 3_000), (512, 160, 2_048, 1, 8_000), (2, 1, 2, 1, 8_000),
    ]
    for size in sizes {
      for count in [nil, 1, size.mels] {
        let configuration = FeatureConfiguration(
          windowLength: size.window, hopLength: size.hop, fftLength: size.fft,
          melBinCount: size.mels, highFrequency: Float(size.high), cepstralCoefficientCount: count)
        let scalar = try FeaturePlan(configuration, instructionSet: "scalar")
        let plan = try FeaturePlan(configuration, instructionSet: name)
        #expect(plan.instructionSet == name)
        let samples = [Float](golden.samples[..<4_000])
        let found = features(plan, samples)
        #expect(found.count == configuration.frameCount(sampleCount: 4_000) * (count ?? size.mels))
        #expect(largestDifference(found, features(scalar, samples)) < 2e-4, "\(configuration)")
      }
    }
  }

  @Test func `the cosine transform gives the extractor's bits on its log-mels`() throws {
    var configuration = FeatureConfiguration()
    let logMel = features(try FeaturePlan(configuration), golden.samples)
    for count in [1, 10, 16, 20, 30, 40] {
      configuration.cepstralCoefficientCount = count
      let expected = features(try FeaturePlan(configuration), golden.samples)
      let transform = CosineTransform(inputCount: 40, outputCount: count)
      var found = [Float](repeating: .nan, count: 97 * count)
      var span = found.mutableSpan
      transform.apply(logMel.span, into: &span)
      #expect(found.bits == expected.bits)
    }
  }
}
