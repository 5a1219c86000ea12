// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a feature configuration cannot be used.
package enum FeatureError: Error, Equatable, Sendable {
  /// A count of the configuration that has a range.
  package enum Field: String, Equatable, Sendable {
    case sampleRate, windowLength, hopLength, fftLength, melBinCount, cepstralCoefficientCount
  }

  /// A field lies outside of what is possible beside the other fields.
  case outOfRange(field: Field, found: Int, allowed: ClosedRange<Int>)

  /// The band is empty, or leaves 0 Hz to half the sample rate; NaN too.
  case band(low: Float, high: Float, limit: Float)

  /// The floor is not a finite number of at least `least`, the smallest normal one.
  case powerFloor(found: Float, least: Float)

  /// The processor has no kernels of that name.
  case unknownInstructionSet(found: String, available: [String])

  /// FFTW has no plan for a transform of that length.
  case transformUnavailable(fftLength: Int)
}
