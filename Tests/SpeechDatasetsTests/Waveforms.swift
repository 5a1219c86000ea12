// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Waveforms and WAV files for tests.
enum Waveforms {
  /// A small generator of its own, so that a test's data never change.
  struct Noise {
    var state: UInt32

    /// Uniform in -1..<1.
    mutating func next() -> Float {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(Int32(bitPattern: state)) / 2_147_483_648
    }
  }

  /// White noise of that amplitude.
  static func noise(seed: UInt32, amplitude: Float, count: Int = 16_000) -> [Int16] {
    var noise = Noise(state: seed)
    for _ in 0..<8 { _ = noise.next() }
    return (0..<count).map { _ in Int16(noise.next() * amplitude * 32_767) }
  }

  /// A sound like a vowel: a glottal pulse train at `pitch` Hz under two resonances, with an envelope.
  static func vowel(pitch: Float, formants: (Float, Float), count: Int = 16_000) -> [Int16] {
    var result: [Int16] = []
    var noise = Noise(state: UInt32(pitch))
    for index in 0..<count {
      let time = Float(index) / 16_000
      var sum: Float = 0
      for harmonic in 1...30 {
        let frequency = pitch * Float(harmonic)
        let gain =
          1 / (1 + pow((frequency - formants.0) / 150, 2))
          + 0.5 / (1 + pow((frequency - formants.1) / 250, 2))
        sum += gain * sin(2 * .pi * frequency * time + Float(harmonic * harmonic))
      }
      let place = (time - 0.5) / 0.2
      result.append(Int16((sum * 0.2 * exp(-place * place) + noise.next() * 1e-3) * 32_767))
    }
    return result
  }

  /// A WAV file of 16-bit mono samples.
  static func wav(_ samples: [Int16], rate: Int = 16_000) -> [UInt8] {
    func little(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var bytes = Array("RIFF".utf8) + little(36 + 2 * samples.count, 4) + Array("WAVEfmt ".utf8)
    bytes += little(16, 4) + little(1, 2) + little(1, 2) + little(rate, 4) + little(2 * rate, 4)
    bytes += little(2, 2) + little(16, 2) + Array("data".utf8) + little(2 * samples.count, 4)
    for sample in samples { bytes += little(Int(sample), 2) }
    return bytes
  }
}
