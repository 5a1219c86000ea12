// SPDX-License-Identifier: GPL-3.0-or-later

package import Inference
package import SpeechFeatures

/// Why a model cannot be used to spot keywords.
package enum SpottingError: Error, Equatable {
  /// The feature configuration cannot be computed.
  case features(FeatureError)

  /// The network cannot be executed.
  case inference(InferenceError)

  /// The features have another number of coefficients than the network reads.
  case coefficientCount(expected: Int, found: Int)

  /// The features are made for another sample rate, in Hz, than the line runs at.
  case sampleRate(expected: Int, found: Int)

  /// The samples from one frame to the next lie outside of what a stream can follow.
  case hopLength(expected: ClosedRange<Int>, found: Int)

  /// A detection parameter lies outside its range.
  case parameter(field: String, found: Float, ClosedRange<Float>)

  /// A detection parameter names a label that the network does not have.
  case unknownLabel(field: String, label: String)
}
