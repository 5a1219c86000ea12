// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// How words are mixed with the noise of `noise` sources: at a ratio, as a microphone hears them, where
/// the background noise of a data set is added at a level of its own.
struct NoiseMixing: Codable, Equatable, Sendable {
  /// Part of the words that get it, instead of their data set's own noise.
  var probability: Float = 0.5

  /// Range of the word's mean power over the noise's, in dB.
  var decibels: ClosedRange<Float> = 0...30
}

/// The options of all draws: those of the augmentation, and where noise is mixed in `noiseMixing`.
struct DrawOptions: Encodable {
  var augmentation: AugmentationConfiguration
  var noiseMixing: NoiseMixing?

  private enum CodingKeys: CodingKey { case noiseMixing }

  func encode(to encoder: any Encoder) throws {
    try augmentation.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(noiseMixing, forKey: .noiseMixing)
  }
}

/// What is drawn for one word.
struct NoiseMix {
  let recording: NoiseSpectrum
  let decibels: Float

  /// Where in the recording, as a part of what is possible.
  let place: Float

  /// - Returns: nil where the word stays as it is.
  /// - Precondition: all sources have noise for training.
  init?(
    _ mixing: NoiseMixing, _ sources: [NoiseSource], _ generator: inout CounterBasedGenerator
  ) {
    guard !sources.isEmpty, generator.nextUniform() < mixing.probability else { return nil }
    let source = sources[
      min(Int(generator.nextUniform() * Float(sources.count)), sources.count - 1)]
    recording = source.recording(.training, choice: generator.nextUniform())
    decibels =
      mixing.decibels.lowerBound
      + (mixing.decibels.upperBound - mixing.decibels.lowerBound) * generator.nextUniform()
    place = generator.nextUniform()
  }
}
