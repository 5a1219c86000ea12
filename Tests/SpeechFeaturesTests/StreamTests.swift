// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechFeatures
import Testing

struct StreamTests {
  private let samples: [Float]

  init() throws { samples = try Golden().samples }

  private static let configurations = [
    FeatureConfiguration(), .mfcc(10),
    // Frames that touch, frames with a gap between them, and a hop of one sample.
    FeatureConfiguration(windowLength: 320, hopLength: 320, fftLength: 320),
    FeatureConfiguration(windowLength: 300, hopLength: 450, cepstralCoefficientCount: 13),
    FeatureConfiguration(windowLength: 50, hopLength: 1, fftLength: 64, melBinCount: 8),
  ]

  @Test(arguments: configurations)
  func `any chunking gives the same bits`(configuration: FeatureConfiguration) throws {
    let plan = try FeaturePlan(configuration)
    let expected = features(plan, samples)
    let frameCount = configuration.frameCount(sampleCount: samples.count)
    #expect(expected.count == frameCount * configuration.coefficientCount)
    var generator = SystemRandomNumberGenerator()
    for size in [1, 2, 159, 160, 161, 511, 512, 513, 640, 3_000, 15_999] {
      for room in [1, 2, 7, nil] {
        var extractor = FeatureExtractor(plan: plan)
        let found = features(&extractor, samples, roomForFrames: room) { size }
        #expect(found.bits == expected.bits, "chunks of \(size), room \(room ?? 0)")
      }
    }
    for _ in 0..<40 {
      var extractor = FeatureExtractor(plan: plan)
      var sizes: [Int] = []
      let found = features(&extractor, samples, roomForFrames: .random(in: 1...5)) {
        sizes.append(.random(in: 1...1_500, using: &generator))
        return sizes[sizes.count - 1]
      }
      #expect(found.bits == expected.bits, "chunks \(sizes)")
    }
  }

  @Test(arguments: configurations)
  func `a frame comes with its last sample`(configuration: FeatureConfiguration) throws {
    var extractor = FeatureExtractor(plan: try FeaturePlan(configuration))
    var row = [Float](repeating: 0, count: configuration.coefficientCount)
    var total = 0
    for count in 1...4_000 {
      var span = row.mutableSpan
      let progress = extractor.push(samples.span.extracting(count - 1..<count), into: &span)
      total += progress.frameCount
      #expect(progress.consumedSampleCount == 1)
      #expect(total == configuration.frameCount(sampleCount: count))
    }
  }

  @Test(arguments: configurations)
  func `reset equals fresh`(configuration: FeatureConfiguration) throws {
    let plan = try FeaturePlan(configuration)
    let expected = features(plan, samples)
    for length in [1, 311, 512, 700, 5_000] {
      var extractor = FeatureExtractor(plan: plan)
      _ = features(&extractor, [Float](samples[..<length])) { 100 }
      extractor.reset()
      #expect(features(&extractor, samples) { 1_000 }.bits == expected.bits)
    }
  }

  @Test func `a second has 97 frames at 512/160 and 49 at 640/320`() throws {
    #expect(features(try FeaturePlan(FeatureConfiguration()), samples).count == 97 * 40)
    #expect(features(try FeaturePlan(.mfcc(20)), samples).count == 49 * 20)
    #expect(features(try FeaturePlan(.mfcc(20)), [Float](samples[..<639])).isEmpty)
    #expect(features(try FeaturePlan(.mfcc(20)), [Float](samples[..<640])).count == 20)
  }

  @Test func `without room nothing is taken, and nothing beyond whole rows is written`() throws {
    var extractor = FeatureExtractor(plan: try FeaturePlan(FeatureConfiguration()))
    var rows = [Float](repeating: -1, count: 39)
    var span = rows.mutableSpan
    let none = extractor.push(samples.span, into: &span)
    #expect(none == FeatureProgress(consumedSampleCount: 0, frameCount: 0))
    rows = [Float](repeating: -1, count: 2 * 40 + 39)
    span = rows.mutableSpan
    let two = extractor.push(samples.span, into: &span)
    #expect(two == FeatureProgress(consumedSampleCount: 672, frameCount: 2))
    #expect(rows[80...].allSatisfy { $0 == -1 })
  }

  @Test(arguments: FeaturePlan.availableInstructionSets)
  func `a NaN sample reaches only the frames that cover it`(name: String) throws {
    for configuration in Self.configurations {
      let plan = try FeaturePlan(configuration, instructionSet: name)
      let expected = features(plan, samples)
      for bad in [Float.nan, .infinity] {
        var samples = samples
        let position = 7_003
        samples[position] = bad
        let width = configuration.coefficientCount
        let found = features(plan, samples)
        var hit = 0
        for frame in 0..<expected.count / width {
          let start = frame * configuration.hopLength
          let row = frame * width..<(frame + 1) * width
          // The first sample of the window has weight 0, and 0 * NaN is NaN.
          if (start..<start + configuration.windowLength).contains(position) {
            hit += 1
            #expect(found[row].allSatisfy { !$0.isFinite })
          } else {
            #expect([Float](found[row]).bits == [Float](expected[row]).bits)
          }
        }
        #expect(hit >= 1 || configuration.hopLength > configuration.windowLength)
      }
    }
  }

  @Test(arguments: FeaturePlan.availableInstructionSets)
  func `digital silence gives the logarithm of the floor`(name: String) throws {
    for floor: Float in [5e-7, 1e-10, 1, Float.leastNormalMagnitude] {
      let plan = try FeaturePlan(FeatureConfiguration(powerFloor: floor), instructionSet: name)
      let expected = Float(logarithm(Double(floor)))
      for value in features(plan, [Float](repeating: 0, count: 2_000)) {
        #expect(abs(value - expected) <= 1e-6 * max(abs(expected), 1))
      }
    }
  }
}
