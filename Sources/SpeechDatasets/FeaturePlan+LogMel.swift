// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import SpeechFeatures

extension FeaturePlan {
  /// The front end of `features` up to the logarithm, for recordings; noise is mixed in and masks are
  /// put before the cosine transform.
  ///
  /// - Throws: `DatasetError.features` for another sample rate than that of recordings,
  ///   `.configuration` for features that cannot be computed.
  static func logMel(
    of features: FeatureConfiguration, path: String
  ) throws(DatasetError) -> FeaturePlan {
    guard features.sampleRate == AudioFormat.sampleRate else {
      throw .features(
        path: path, field: "sample rate", expected: "\(AudioFormat.sampleRate)",
        found: "\(features.sampleRate)")
    }
    var logMel = features
    logMel.cepstralCoefficientCount = nil
    do throws(FeatureError) {
      _ = try FeaturePlan(features)
      return try FeaturePlan(logMel)
    } catch { throw .configuration(error) }
  }
}
