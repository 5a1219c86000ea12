// SPDX-License-Identifier: GPL-3.0-or-later

import SpeechFeatures
import Testing

struct ConfigurationTests {
  private func expect(
    _ error: FeatureError, _ change: (inout FeatureConfiguration) -> Void
  ) {
    var configuration = FeatureConfiguration()
    change(&configuration)
    #expect(throws: error) { try FeaturePlan(configuration) }
  }

  @Test func `every count outside its range is named`() {
    typealias Setter = WritableKeyPath<FeatureConfiguration, Int>
    let fields: [(FeatureError.Field, Setter, ClosedRange<Int>)] = [
      (.sampleRate, \.sampleRate, 1_000...192_000), (.windowLength, \.windowLength, 2...512),
      (.hopLength, \.hopLength, 1...65_536), (.fftLength, \.fftLength, 2...65_536),
      (.melBinCount, \.melBinCount, 1...512),
    ]
    for (field, path, allowed) in fields {
      for found in [allowed.lowerBound - 1, allowed.upperBound + 1, Int.min, Int.max] {
        expect(.outOfRange(field: field, found: found, allowed: allowed)) {
          $0[keyPath: path] = found
        }
      }
    }
    for found in [0, 41, -5] {
      expect(.outOfRange(field: .cepstralCoefficientCount, found: found, allowed: 1...40)) {
        $0.cepstralCoefficientCount = found
      }
    }
  }

  @Test func `a band that is empty or beyond half the rate is refused`() {
    for (low, high): (Float, Float) in [(0, 8_001), (-1, 4_000), (4_000, 4_000), (0, .infinity)] {
      expect(.band(low: low, high: high, limit: 8_000)) {
        $0.lowFrequency = low
        $0.highFrequency = high
      }
    }
    #expect(throws: FeatureError.self) { try FeaturePlan(FeatureConfiguration(lowFrequency: .nan)) }
    #expect(throws: FeatureError.self) {
      try FeaturePlan(FeatureConfiguration(highFrequency: .nan))
    }
  }

  @Test func `a floor that has no finite logarithm is refused`() {
    for floor: Float in [0, -1, .leastNonzeroMagnitude, .infinity] {
      expect(.powerFloor(found: floor, least: .leastNormalMagnitude)) { $0.powerFloor = floor }
    }
    #expect(throws: FeatureError.self) { try FeaturePlan(FeatureConfiguration(powerFloor: .nan)) }
  }

  @Test func `an unknown instruction set is refused`() {
    let available = FeaturePlan.availableInstructionSets
    #expect(available.last == "scalar")
    #expect(throws: FeatureError.unknownInstructionSet(found: "abacus", available: available)) {
      try FeaturePlan(FeatureConfiguration(), instructionSet: "abacus")
    }
  }
}
