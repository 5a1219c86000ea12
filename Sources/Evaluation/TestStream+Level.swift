// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

extension TestStream {
  /// The decibels of a word's mean power over that of the background under it; nil where either has none.
  static func decibels(of word: ArraySlice<Float>, over background: ArraySlice<Float>) -> Double? {
    func energy(_ samples: ArraySlice<Float>) -> Double {
      samples.reduce(0) { $0 + Double($1) * Double($1) }
    }
    let (own, other) = (energy(word), energy(background))
    return own > 0 && other > 0 ? 10 * log10(own / other) : nil
  }

  /// The factor of amplitude that so many decibels of power are.
  static func amplitude(decibels: Double) -> Double { pow(10, decibels / 20) }
}
