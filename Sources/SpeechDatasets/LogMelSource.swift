// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import SpeechFeatures

/// Draws features from a precomputed log-mel set.
///
/// Its noise windows are cut from the same few recordings for every split; the windows themselves
/// are kept apart by a hash of their names, a fifth of them for validation.
final class LogMelSource: Sendable {
  let set: LogMelSet
  private let features: FeatureConfiguration
  private let augmentation: AugmentationConfiguration
  private let trainingNoise: [Int]
  private let validationNoise: [Int]

  /// Mean log-mel per bin over training words, which stands in masked places.
  private let fill: [Float]

  /// Stored frames per frame of the features: hop 160 or 320.
  private let frameStep: Int

  private let cosineTransform: CosineTransform?

  init(
    path: String, features: FeatureConfiguration, augmentation: AugmentationConfiguration
  ) throws(DatasetError) {
    try Self.check(features, path: path)
    set = try LogMelSet(path: path)
    self.features = features
    self.augmentation = augmentation
    frameStep = features.hopLength / 160
    cosineTransform = features.cepstralCoefficientCount.map {
      CosineTransform(inputCount: LogMelSet.melBinCount, outputCount: $0)
    }
    var training: [Int] = []
    var validation: [Int] = []
    for clip in set.clips where clip.split == nil {
      if Split.hashPercentage(clip.name) < 20 {
        validation.append(clip.row)
      } else {
        training.append(clip.row)
      }
    }
    trainingNoise = training
    validationNoise = validation
    fill = set.meanLogMel()
  }

  /// Rows of noise for a split.
  func noise(_ split: Split) -> [Int] {
    split == .training ? trainingNoise : validationNoise
  }

  /// Writes the features `[frame, coefficient]` of a word.
  func writeWord(
    _ clip: Int, split: Split, draw: AugmentationDraw, mix: NoiseMix? = nil,
    into target: inout MutableSpan<Float>
  ) {
    write(
      [set.part(row: set.clips[clip].row, draw: draw)], noiseRow: ownNoise(split, draw, mix),
      draw: draw, mix: mix, into: &target)
  }

  /// Where in a clip speech is.
  func speechExtent(_ clip: Int) -> SpeechExtent {
    set.speechExtent(row: set.clips[clip].row)
  }

  /// Writes the features `[frame, coefficient]` of stretches of clips, at their gain times that drawn.
  func writeParts(
    _ parts: [ClipPart], split: Split, draw: AugmentationDraw, mix: NoiseMix?,
    into target: inout MutableSpan<Float>
  ) {
    let rows = parts.map {
      ClipPart(
        clip: set.clips[$0.clip].row, frames: $0.frames, start: $0.start,
        gain: $0.gain * draw.gain)
    }
    write(
      rows, noiseRow: ownNoise(split, draw, mix), draw: draw, mix: mix, into: &target)
  }

  /// Row of the set's own noise that is drawn, which noise of another source stands for.
  private func ownNoise(_ split: Split, _ draw: AugmentationDraw, _ mix: NoiseMix?) -> Int? {
    let noise = noise(split)
    guard draw.noiseGain > 0, !noise.isEmpty, mix == nil else { return nil }
    return choose(noise, draw.noiseChoice)
  }

  /// Writes the features `[frame, coefficient]` of noise at `draw.gain`; none at gain 0.
  func writeNoise(
    split: Split, draw: AugmentationDraw, choice: Float, into target: inout MutableSpan<Float>
  ) {
    let noise = noise(split)
    write(
      draw.gain > 0 ? [set.part(row: choose(noise, choice), draw: draw)] : [],
      noiseRow: draw.noiseGain > 0 ? choose(noise, draw.noiseChoice) : nil, draw: draw,
      into: &target)
  }

  private func choose(_ rows: [Int], _ choice: Float) -> Int {
    rows[min(Int(choice * Float(rows.count)), rows.count - 1)]
  }

  private func write(
    _ parts: [ClipPart], noiseRow: Int?, draw: AugmentationDraw, mix: NoiseMix? = nil,
    into target: inout MutableSpan<Float>
  ) {
    guard let cosineTransform else {
      writeLogMel(parts, noiseRow: noiseRow, draw: draw, mix: mix, into: &target)
      return
    }
    // Masks come before the transform, so that they are bands of mel bins.
    let frameCount = target.count / features.coefficientCount
    let logMel = SharedBuffer<Float>(zeroed: frameCount * LogMelSet.melBinCount)
    var span = logMel.mutableSpan
    writeLogMel(parts, noiseRow: noiseRow, draw: draw, mix: mix, into: &span)
    cosineTransform.apply(logMel.span, into: &target)
  }

  private func writeLogMel(
    _ parts: [ClipPart], noiseRow: Int?, draw: AugmentationDraw, mix: NoiseMix?,
    into target: inout MutableSpan<Float>
  ) {
    set.writeLogMel(
      parts, noiseRow: noiseRow, draw: draw, mix: mix, frameStep: frameStep,
      configuration: augmentation, fill: fill, into: &target)
  }

  /// A precomputed set can give only the front end that it was made with, at its hop or twice it.
  private static func check(
    _ features: FeatureConfiguration, path: String
  ) throws(DatasetError) {
    let own = FeatureConfiguration()
    let fields: [(String, String, String)] = [
      ("sample rate", "\(own.sampleRate)", "\(features.sampleRate)"),
      ("window length", "\(own.windowLength)", "\(features.windowLength)"),
      ("FFT length", "\(own.fftLength)", "\(features.fftLength)"),
      ("mel bins", "\(own.melBinCount)", "\(features.melBinCount)"),
      ("low frequency", "\(own.lowFrequency)", "\(features.lowFrequency)"),
      ("high frequency", "\(own.highFrequency)", "\(features.highFrequency)"),
      ("power floor", "\(own.powerFloor)", "\(features.powerFloor)"),
    ]
    for (field, expected, found) in fields where expected != found {
      throw .features(path: path, field: field, expected: expected, found: found)
    }
    guard [160, 320].contains(features.hopLength) else {
      throw .features(
        path: path, field: "hop", expected: "160 or 320", found: "\(features.hopLength)")
    }
    guard (1...LogMelSet.melBinCount).contains(features.coefficientCount) else {
      throw .features(
        path: path, field: "coefficients", expected: "1 to \(LogMelSet.melBinCount)",
        found: "\(features.coefficientCount)")
    }
  }
}
