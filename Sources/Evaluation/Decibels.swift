// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Levels as factors.
enum Decibels {
  /// The factor of amplitude that so many decibels of power are.
  static func amplitude(_ decibels: Double) -> Double { pow(10, decibels / 20) }

  /// The factor of amplitude that brings noise of mean power `noise` so many decibels under a signal
  /// of mean power `signal`.
  ///
  /// - Precondition: `noise > 0`.
  static func noiseAmplitude(signal: Double, noise: Double, signalToNoise: Double) -> Double {
    (signal / noise).squareRoot() * amplitude(-signalToNoise)
  }

  /// The mean of the squares; 0 for no samples.
  static func meanPower(_ samples: some Collection<Float>) -> Double {
    samples.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(max(samples.count, 1))
  }

  /// The decibels of a word's mean power over that of the background under it; nil where either has
  /// none.
  static func level(of word: ArraySlice<Float>, over background: ArraySlice<Float>) -> Double? {
    let (own, other) = (meanPower(word), meanPower(background))
    return own > 0 && other > 0 ? 10 * log10(own / other) : nil
  }
}
