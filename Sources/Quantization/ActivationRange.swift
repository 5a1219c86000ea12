// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// What one activation tensor was seen to hold: a histogram that widens as needed.
package struct ActivationRange: Sendable {
  private static let binCount = 4096

  /// Magnitudes past this are taken as overflow: below it no sum or product here can.
  private static let limit: Float = 1e30

  /// Half of the histogram's extent: it covers `-extent ..< extent`.
  private var extent: Float = 0
  private var counts = [Int](repeating: 0, count: binCount)

  /// Smallest and largest value seen.
  package private(set) var minimum: Float = .infinity
  package private(set) var maximum: Float = -.infinity

  package init() {}

  /// Whether any value was seen.
  package var hasValues: Bool { maximum.isFinite }

  /// Adds values and returns true, or returns false and adds nothing if one is not finite or its
  /// magnitude is above 1e30.
  @discardableResult package mutating func add(_ values: Span<Float>) -> Bool {
    var low = minimum
    var high = maximum
    var largest: Float = 0
    for index in values.indices {
      let value = values[index]
      guard abs(value) <= Self.limit else { return false }
      low = min(low, value)
      high = max(high, value)
      largest = max(largest, abs(value))
    }
    (minimum, maximum) = (low, high)
    if largest >= extent { widen(to: largest) }
    let scale = Float(Self.binCount) / (2 * extent)
    for index in values.indices {
      let bin = (values[index] + extent) * scale
      counts[Int(min(max(bin, 0), Float(Self.binCount - 1)))] += 1
    }
    return true
  }

  /// Doubles the extent until `largest` fits; every pair of bins becomes one.
  private mutating func widen(to largest: Float) {
    if extent == 0 {
      extent = max(largest, 1e-6) * 1.001
      return
    }
    while largest >= extent {
      var merged = [Int](repeating: 0, count: Self.binCount)
      for bin in 0..<Self.binCount { merged[Self.binCount / 4 + bin / 2] += counts[bin] }
      counts = merged
      extent *= 2
    }
  }

  /// The quantization with the smallest squared error among clipped ranges.
  ///
  /// The range always holds 0, which is exact; a tensor that is never negative has zero point 0.
  package func quantization(bitCount: Int) -> ActivationQuantization {
    let low = min(minimum, 0)
    let high = max(maximum, 0)
    guard high > low else {
      return ActivationQuantization(scale: 1, zeroPoint: 0, bitCount: bitCount)
    }
    var best = (
      quantization: ActivationQuantization(from: low, to: high, bitCount: bitCount),
      error: Double.infinity
    )
    // With few steps much is gained by clipping far.
    let (lowStep, highStep): (Float, Float) = bitCount == 8 ? (0.06, 0.04) : (0.1, 0.055)
    for lowPart in 0...(low < 0 ? 8 : 0) {
      for highPart in 0...16 {
        let candidate = ActivationQuantization(
          from: low * (1 - lowStep * Float(lowPart)), to: high * (1 - highStep * Float(highPart)),
          bitCount: bitCount)
        let error = squaredError(candidate)
        if error < best.error { best = (candidate, error) }
      }
    }
    return best.quantization
  }

  private func squaredError(_ quantization: ActivationQuantization) -> Double {
    let scale = quantization.scale
    let zeroPoint = Float(quantization.zeroPoint)
    let largest = Float(quantization.largest)
    var error = 0.0
    for (bin, count) in counts.enumerated() where count > 0 {
      let value = (Float(bin) + 0.5) * 2 * extent / Float(Self.binCount) - extent
      let step = min(max((value / scale).rounded(.toNearestOrEven) + zeroPoint, 0), largest)
      let difference = Double(value - (step - zeroPoint) * scale)
      error += difference * difference * Double(count)
    }
    return error
  }
}
