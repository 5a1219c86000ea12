// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The signal of one second at 16 kHz.
package struct SignalLevel: Sendable, Equatable, BitwiseCopyable {
  /// Root mean square about the mean, of full scale: 0...1.
  package var rms: Float = 0

  /// Largest magnitude, of full scale: 0...1.
  package var peak: Float = 0

  /// Share of samples at full scale: 0...1.
  package var clippedRatio: Float = 0

  /// Mean, of full scale: -1...1.
  package var offset: Float = 0

  /// Largest minus smallest sample: 0 means that all are exactly equal.
  package var range: Float = 0

  /// The number of this second, from 1; 0 before the first is over.
  package var number = 0

  /// Level in dB of full scale; minus infinity for digital silence.
  package var decibels: Float { Self.decibels(rms) }

  /// `ratio` of amplitudes in dB.
  package static func decibels(_ ratio: Float) -> Float { 20 * log10(ratio) }
}

/// Sums over samples of one second.
struct LevelSums: Sendable {
  /// Magnitude from which on a sample counts as clipped: a resampled plateau overshoots and swings.
  static let clippedMagnitude: Float = 0.985

  private(set) var count = 0
  private var sum: Float = 0
  private var squares: Float = 0
  private var smallest = Float.infinity
  private var largest = -Float.infinity
  private var clippedCount = 0

  /// Adds `samples`; one pass, which the compiler vectorizes.
  mutating func add(_ samples: Span<Float>) {
    var sums = SIMD8<Float>(repeating: 0)
    var squareSums = SIMD8<Float>(repeating: 0)
    var low = SIMD8<Float>(repeating: smallest)
    var high = SIMD8<Float>(repeating: largest)
    var clipped = SIMD8<Int32>(repeating: 0)
    let blockCount = samples.count / 8
    for block in 0..<blockCount {
      var values = SIMD8<Float>()
      for lane in 0..<8 { values[lane] = samples[8 * block + lane] }
      sums += values
      squareSums += values * values
      low = pointwiseMin(low, values)
      high = pointwiseMax(high, values)
      let isClipped =
        (values * values) .>= SIMD8(repeating: Self.clippedMagnitude * Self.clippedMagnitude)
      clipped.replace(with: clipped &+ 1, where: isClipped)
    }
    var (tailSum, tailSquares) = (sums.sum(), squareSums.sum())
    var (tailLow, tailHigh) = (low.min(), high.max())
    var tailClipped = Int(clipped.wrappedSum())
    for index in (8 * blockCount)..<samples.count {
      let value = samples[index]
      tailSum += value
      tailSquares += value * value
      tailLow = min(tailLow, value)
      tailHigh = max(tailHigh, value)
      if value.magnitude >= Self.clippedMagnitude { tailClipped += 1 }
    }
    count += samples.count
    sum += tailSum
    squares += tailSquares
    smallest = tailLow
    largest = tailHigh
    clippedCount += tailClipped
  }

  /// What the sums say.
  func level(number: Int) -> SignalLevel {
    let total = Float(max(count, 1))
    let mean = sum / total
    let isConstant = count > 0 && smallest == largest
    return SignalLevel(
      rms: isConstant ? 0 : max(squares / total - mean * mean, 0).squareRoot(),
      peak: count > 0 ? max(largest.magnitude, smallest.magnitude) : 0,
      clippedRatio: Float(clippedCount) / total, offset: isConstant ? smallest : mean,
      range: count > 0 ? largest - smallest : 0, number: number)
  }
}
