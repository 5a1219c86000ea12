// SPDX-License-Identifier: GPL-3.0-or-later

/// Lines and points over two axes, as plain values.
package struct Chart: Sendable {
  package var title: String
  package var x: Axis
  package var y: Axis
  package var series: [Series]

  package init(title: String, x: Axis, y: Axis, series: [Series]) {
    self.title = title
    self.x = x
    self.y = y
    self.series = series
  }

  /// One axis.
  package struct Axis: Sendable {
    package var label: String
    package var scale: Scale

    /// Ends of the axis; nil to reach over all values.
    package var range: ClosedRange<Double>?

    /// Places of the ticks; nil for round numbers.
    package var ticks: [Double]?

    package init(
      label: String, scale: Scale = .linear, range: ClosedRange<Double>? = nil,
      ticks: [Double]? = nil
    ) {
      self.label = label
      self.scale = scale
      self.range = range
      self.ticks = ticks
    }
  }

  package enum Scale: Sendable {
    case linear
    /// For values above 0.
    case logarithmic
  }

  /// Points that belong together.
  package struct Series: Sendable {
    package var name: String
    package var points: [Point]

    /// Whether a line leads from point to point.
    package var isLine: Bool

    /// Whether it is drawn with dashes.
    package var isDashed: Bool

    package init(name: String, points: [Point], isLine: Bool = true, isDashed: Bool = false) {
      self.name = name
      self.points = points
      self.isLine = isLine
      self.isDashed = isDashed
    }
  }

  package struct Point: Sendable {
    package var x: Double
    package var y: Double

    /// An interval of y, drawn as a bar.
    package var interval: ClosedRange<Double>?

    /// A name beside the point.
    package var label: String?

    package init(
      x: Double, y: Double, interval: ClosedRange<Double>? = nil, label: String? = nil
    ) {
      self.x = x
      self.y = y
      self.interval = interval
      self.label = label
    }
  }
}
