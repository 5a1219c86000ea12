// SPDX-License-Identifier: GPL-3.0-or-later

/// Everything that defines the features of one model, as stored in its file.
///
/// Frame `t` covers the samples `[t * hopLength, t * hopLength + windowLength)`; it is not centred.
/// The default is the front end of the log-mel training set: 512 samples, hop 160, 40 mel bins on
/// 0 to 4000 Hz.
package struct FeatureConfiguration: Codable, Equatable, Sendable {
  /// Samples per second of the signal, in Hz.
  package var sampleRate: Int

  /// Samples under the periodic Hann window.
  package var windowLength: Int

  /// Samples from the start of one frame to the start of the next.
  package var hopLength: Int

  /// Points of the Fourier transform, at least `windowLength`; the rest is zero.
  package var fftLength: Int

  /// Number of triangular filters on the HTK mel scale.
  package var melBinCount: Int

  /// Lower edge of the first filter, in Hz.
  package var lowFrequency: Float

  /// Upper edge of the last filter, in Hz; at most half the sample rate.
  package var highFrequency: Float

  /// Added to the filter's energy before the logarithm: `ln(P + powerFloor)`.
  package var powerFloor: Float

  /// Number of cepstral coefficients (c0 included), or nil for log-mel features.
  package var cepstralCoefficientCount: Int?

  /// Values per frame: cepstral coefficients, or mel bins where there is no DCT.
  package var coefficientCount: Int { cepstralCoefficientCount ?? melBinCount }

  /// A configuration; nothing is checked until a plan is made from it.
  package init(
    sampleRate: Int = 16_000, windowLength: Int = 512, hopLength: Int = 160, fftLength: Int = 512,
    melBinCount: Int = 40, lowFrequency: Float = 0, highFrequency: Float = 4_000,
    powerFloor: Float = 5e-7, cepstralCoefficientCount: Int? = nil
  ) {
    self.sampleRate = sampleRate
    self.windowLength = windowLength
    self.hopLength = hopLength
    self.fftLength = fftLength
    self.melBinCount = melBinCount
    self.lowFrequency = lowFrequency
    self.highFrequency = highFrequency
    self.powerFloor = powerFloor
    self.cepstralCoefficientCount = cepstralCoefficientCount
  }

  /// Whole frames that fit into `sampleCount` samples.
  package func frameCount(sampleCount: Int) -> Int {
    sampleCount < windowLength ? 0 : 1 + (sampleCount - windowLength) / hopLength
  }
}
