// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// An axis with its ends: from values to places between 0 and 1, and where the ticks are.
struct AxisScale {
  let range: ClosedRange<Double>
  let ticks: [Double]
  private let scale: Chart.Scale

  /// Ticks that an axis has about.
  private static let tickCount = 6.0

  init(_ axis: Chart.Axis, values: [Double]) {
    scale = axis.scale
    let usable = values.filter { $0.isFinite && (axis.scale == .linear || $0 > 0) }
    var low = axis.range?.lowerBound ?? usable.min() ?? 0
    var high = axis.range?.upperBound ?? usable.max() ?? 1
    if low == high {
      let margin = low == 0 ? 1 : abs(low) * 0.1
      (low, high) = (axis.scale == .linear ? low - margin : low / 2, high + margin)
    }
    switch axis.scale {
    case .linear:
      let step = Self.roundStep((high - low) / Self.tickCount)
      if axis.range == nil {
        low = (low / step).rounded(.down) * step
        high = (high / step).rounded(.up) * step
      }
      ticks =
        axis.ticks
        ?? stride(from: (low / step).rounded(.up), through: high / step + 1e-9, by: 1).map {
          $0 * step
        }
    case .logarithmic:
      let places = Int(log10(low).rounded(.down))...Int(log10(high).rounded(.up))
      let (low, high) = (low, high)
      func within(_ digits: [Double]) -> [Double] {
        places.flatMap { place in digits.map { $0 * pow(10, Double(place)) } }
          .filter { $0 >= low * 0.999 && $0 <= high * 1.001 }
      }
      let few = within([1, 2, 5])
      // Less than a decade has room for every digit.
      ticks = axis.ticks ?? (few.count < 4 ? within((1...9).map(Double.init)) : few)
    }
    range = low...high
  }

  /// Where a value stands, 0 at the low end and 1 at the high one.
  func place(_ value: Double) -> Double {
    switch scale {
    case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    case .logarithmic:
      log(max(value, .leastNormalMagnitude) / range.lowerBound)
        / log(range.upperBound / range.lowerBound)
    }
  }

  /// 1, 2 or 5 times a power of ten, at least `step`.
  private static func roundStep(_ step: Double) -> Double {
    let power = pow(10, log10(step).rounded(.down))
    return ([1.0, 2, 5].first { $0 * power >= step * 0.999 } ?? 10) * power
  }
}
