// SPDX-License-Identifier: GPL-3.0-or-later

extension FeatureConfiguration {
  /// Checks every field.
  ///
  /// The upper bounds keep a hostile model file from asking for gigabytes of tables; each lies far
  /// beyond what speech needs.
  func check() throws(FeatureError) {
    try check(.sampleRate, sampleRate, 1_000...192_000)
    try check(.fftLength, fftLength, 2...65_536)
    try check(.windowLength, windowLength, 2...fftLength)
    try check(.hopLength, hopLength, 1...65_536)
    try check(.melBinCount, melBinCount, 1...512)
    if let cepstralCoefficientCount {
      try check(.cepstralCoefficientCount, cepstralCoefficientCount, 1...melBinCount)
    }
    let limit = Float(sampleRate) / 2
    guard lowFrequency >= 0, lowFrequency < highFrequency, highFrequency <= limit else {
      throw .band(low: lowFrequency, high: highFrequency, limit: limit)
    }
    let least = Float.leastNormalMagnitude
    guard powerFloor >= least, powerFloor.isFinite else {
      throw .powerFloor(found: powerFloor, least: least)
    }
  }

  private func check(
    _ field: FeatureError.Field, _ found: Int, _ allowed: ClosedRange<Int>
  ) throws(FeatureError) {
    guard allowed.contains(found) else {
      throw .outOfRange(field: field, found: found, allowed: allowed)
    }
  }
}
