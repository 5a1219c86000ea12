// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// How training clips are varied. Ranges follow the recipe of BC-ResNet (arXiv 2106.04140) with
/// a wider range of levels.
package struct AugmentationConfiguration: Codable, Equatable, Sendable {
  /// Largest shift in time to either side, in seconds.
  package var shiftSeconds: Float = 0.1

  /// Part of the clips that get background noise.
  package var noiseProbability: Float = 0.8

  /// Largest amplitude factor of the background noise.
  package var noiseAmplitude: Float = 0.1

  /// Range of the level change of every clip, in dB.
  package var gainDecibels: ClosedRange<Float> = -10...6

  /// SpecAugment: masks along time, and their largest width in seconds.
  package var timeMaskCount = 2
  package var timeMaskSeconds: Float = 0.2

  /// SpecAugment: masks along frequency, and their largest width in mel bins.
  package var frequencyMaskCount = 2
  package var frequencyMaskWidth = 5

  /// Part of the silence clips that are digital zero.
  package var digitalSilenceProbability: Float = 0.1

  /// Part of the clips that follow the clip before them in their slot of the batch.
  package var inStreamProbability: Float = 0.5

  /// Clips of spliced speech, as a part of the number of keyword clips; nil, as in descriptions of before
  /// there was any, for none.
  package var splicedSpeech: Float?

  package init(_ strength: AugmentationStrength = .standard) {
    switch strength {
    case .standard: break
    case .far: gainDecibels = -25...8
    case .moderate:
      gainDecibels = -6...3
      (timeMaskCount, timeMaskSeconds) = (1, 0.1)
      (frequencyMaskCount, frequencyMaskWidth) = (1, 4)
    case .light:
      gainDecibels = -3...3
      (timeMaskCount, frequencyMaskCount) = (0, 0)
    }
  }
}

/// How far training clips are varied.
package enum AugmentationStrength: String, CaseIterable, Sendable {
  /// For long training: levels of a wide range, and masks.
  case standard

  /// The standard with levels from -25 to 8 dB: recordings of a data set are spoken close by, a
  /// microphone in a room hears soft voices and far ones, too.
  case far

  /// For short training of networks of some hundred thousand parameters: one mask each way, levels
  /// from -6 to 3 dB.
  case moderate

  /// For networks that a few epochs cannot fit to more: no masks, levels within 3 dB.
  case light
}

/// What is drawn for one clip. Every value of it depends on the generator alone.
struct AugmentationDraw {
  /// Later by this many seconds.
  var shiftSeconds: Float

  /// Amplitude factor of the clip.
  var gain: Float

  /// Which noise, as a part of all there are, and its amplitude factor; 0 is no noise.
  var noiseChoice: Float
  var noiseGain: Float

  /// Where in a longer noise recording, as a part of what is possible.
  var noiseOffset: Float

  /// Whether a short clip that stands in the middle is moved to the start.
  var movesToStart: Bool

  /// Masks as (place, width), parts of what is possible.
  var timeMasks: [(place: Float, width: Float)]
  var frequencyMasks: [(place: Float, width: Float)]

  /// A clip of a word.
  init(_ configuration: AugmentationConfiguration, _ generator: inout CounterBasedGenerator) {
    shiftSeconds = configuration.shiftSeconds * (2 * generator.nextUniform() - 1)
    let range = configuration.gainDecibels
    gain = Self.amplitude(
      decibels: range.lowerBound
        + (range.upperBound - range.lowerBound) * generator.nextUniform())
    noiseChoice = generator.nextUniform()
    let hasNoise = generator.nextUniform() < configuration.noiseProbability
    noiseGain = configuration.noiseAmplitude * generator.nextUniform() * (hasNoise ? 1 : 0)
    noiseOffset = generator.nextUniform()
    movesToStart = generator.nextUniform() < 0.5
    timeMasks = (0..<configuration.timeMaskCount).map { _ in
      (generator.nextUniform(), generator.nextUniform())
    }
    frequencyMasks = (0..<configuration.frequencyMaskCount).map { _ in
      (generator.nextUniform(), generator.nextUniform())
    }
  }

  /// Silence: noise at any level down to digital zero, sometimes two noises at once.
  init(
    silence configuration: AugmentationConfiguration, masked: Bool,
    _ generator: inout CounterBasedGenerator
  ) {
    self.init(configuration, &generator)
    shiftSeconds = 0
    let level = generator.nextUniform()
    let isZero = generator.nextUniform() < configuration.digitalSilenceProbability
    let isMixture = generator.nextUniform() < 0.3
    // Half of the levels uniform in amplitude, half down to -60 dB.
    let isQuiet = generator.nextUniform() < 0.5
    gain = isZero ? 0 : isQuiet ? Self.amplitude(decibels: -60 * level) : level
    noiseGain = isZero || !isMixture ? 0 : generator.nextUniform()
    movesToStart = false
    if !masked { (timeMasks, frequencyMasks) = ([], []) }
  }

  /// A clip as it is, at the start of the window.
  static let none = AugmentationDraw()

  private init() {
    (shiftSeconds, gain, noiseChoice, noiseGain, noiseOffset) = (0, 1, 0, 0, 0)
    (movesToStart, timeMasks, frequencyMasks) = (true, [], [])
  }

  static func amplitude(decibels: Float) -> Float {
    fastExponential(decibels * (2.302585093 / 20))
  }
}
