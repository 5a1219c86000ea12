// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers

/// What a clip goes through before it is heard: noise, then a gain, then a converter of 16 bits that
/// clips at full scale.
package struct ClipCondition: Equatable, Sendable {
  /// Mean power of the clip over that of the noise added to it, in decibels; nil for no noise.
  package var signalToNoiseDecibels: Double?

  /// Change of level, in decibels.
  package var gainDecibels: Double

  package init(signalToNoiseDecibels: Double? = nil, gainDecibels: Double = 0) {
    self.signalToNoiseDecibels = signalToNoiseDecibels
    self.gainDecibels = gainDecibels
  }

  /// The clip under this condition; as it is where there is neither noise nor gain.
  ///
  /// A clip of digital zero gets no noise, as no noise has a level under it.
  func applied(
    to samples: [Float], noise: NoiseRecordings?, _ generator: inout CounterBasedGenerator
  ) -> [Float] {
    var result = samples
    if let signalToNoiseDecibels, let noise,
      let piece = noise.piece(length: samples.count, &generator)
    {
      let factor = Float(
        Decibels.noiseAmplitude(
          signal: Decibels.meanPower(samples), noise: Decibels.meanPower(piece),
          signalToNoise: signalToNoiseDecibels))
      for (index, value) in piece.enumerated() { result[index] += factor * value }
    } else if gainDecibels == 0 {
      return samples
    }
    let gain = Float(Decibels.amplitude(gainDecibels))
    for index in result.indices {
      let level = (result[index] * gain * 32_768).rounded()
      result[index] = max(-32_768, min(32_767, level)) / 32_768
    }
    return result
  }
}

/// Recordings of noise, one after the other, to cut pieces from.
package struct NoiseRecordings: Sendable {
  /// Samples that are kept: an hour.
  private static let sampleLimit = 3600 * AudioFormat.sampleRate

  /// A piece below this mean power, -80 dB of full scale, counts as a pause of a recording.
  private static let leastPower = 1e-8

  private let samples: [Float]

  /// Reads the recordings at `paths`, no more than an hour of them.
  ///
  /// - Throws: `EvaluationError.audio`, and `.noSound` where there is not a second, or none but pauses.
  package init(paths: [String]) throws(EvaluationError) {
    var samples: [Float] = []
    do throws(AudioError) {
      for path in paths where samples.count < Self.sampleLimit {
        samples += try WholeClip(path: path, limit: Self.sampleLimit - samples.count).samples
      }
    } catch { throw .audio(error) }
    guard samples.count >= AudioFormat.sampleRate, Decibels.meanPower(samples) > Self.leastPower
    else { throw .noSound(path: paths.first ?? "") }
    self.samples = samples
  }

  /// `length` samples from a random place that is no pause; nil where a thousand places were.
  func piece(
    length: Int, _ generator: inout CounterBasedGenerator
  ) -> ArraySlice<Float>? {
    guard samples.count >= length else { return nil }
    for _ in 0..<1000 {
      let start = Int.random(in: 0...samples.count - length, using: &generator)
      let piece = samples[start..<start + length]
      if Decibels.meanPower(piece) > Self.leastPower { return piece }
    }
    return nil
  }
}
