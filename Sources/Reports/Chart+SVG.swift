// SPDX-License-Identifier: GPL-3.0-or-later

extension Chart {
  private static let width = 760.0
  private static let height = 440.0
  private static let margin = (left: 64.0, right: 216.0, top: 40.0, bottom: 52.0)

  /// Colours that people with any colour vision tell apart (Okabe, Ito, "Color universal design",
  /// 2008), each dark or light enough on white and on black.
  static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#8c564b", "#7f7f7f",
  ]

  /// The chart as one SVG document, which follows the reader's light or dark scheme.
  package func svg() -> String {
    let all = series.flatMap(\.points)
    let x = AxisScale(x, values: all.map(\.x))
    let intervals = all.compactMap(\.interval)
    let y = AxisScale(
      y, values: all.map(\.y) + intervals.map(\.lowerBound) + intervals.map(\.upperBound))
    var svg = SVGText(width: Self.width, height: Self.height)
    svg.style(
      """
      text{font:13px system-ui,sans-serif;fill:#222}.title{font-size:15px;font-weight:600}\
      .grid{stroke:#ddd}.axis{stroke:#888}\
      @media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}.axis{stroke:#888}}
      """)
    svg.text(title, x: Self.margin.left, y: 22, anchor: .start, kind: "title")
    drawAxes(&svg, x, y)
    svg.clip(
      x: Self.margin.left, y: Self.margin.top,
      width: Self.width - Self.margin.left - Self.margin.right,
      height: Self.height - Self.margin.top - Self.margin.bottom)
    for (index, item) in series.enumerated() {
      draw(item, color: Self.colors[index % Self.colors.count], &svg, x, y)
    }
    svg.endClip()
    drawLegend(&svg)
    return svg.document
  }

  private func horizontal(_ value: Double, _ scale: AxisScale) -> Double {
    let extent = Self.width - Self.margin.left - Self.margin.right
    return Self.margin.left + scale.place(value) * extent
  }

  private func vertical(_ value: Double, _ scale: AxisScale) -> Double {
    let extent = Self.height - Self.margin.top - Self.margin.bottom
    return Self.height - Self.margin.bottom - scale.place(value) * extent
  }

  private func drawAxes(_ svg: inout SVGText, _ x: AxisScale, _ y: AxisScale) {
    let (left, right) = (Self.margin.left, Self.width - Self.margin.right)
    let (top, bottom) = (Self.margin.top, Self.height - Self.margin.bottom)
    for tick in y.ticks {
      let place = vertical(tick, y)
      svg.line(left, place, right, place, kind: "grid")
      svg.text(Self.label(tick), x: left - 8, y: place + 4, anchor: .end)
    }
    for tick in x.ticks {
      let place = horizontal(tick, x)
      svg.line(place, top, place, bottom, kind: "grid")
      svg.text(Self.label(tick), x: place, y: bottom + 18, anchor: .middle)
    }
    svg.line(left, bottom, right, bottom, kind: "axis")
    svg.line(left, top, left, bottom, kind: "axis")
    svg.text(self.x.label, x: (left + right) / 2, y: bottom + 40, anchor: .middle)
    svg.text(
      self.y.label, x: 18, y: (top + bottom) / 2, anchor: .middle, turned: true)
  }

  private func draw(
    _ item: Series, color: String, _ svg: inout SVGText, _ x: AxisScale, _ y: AxisScale
  ) {
    let places = item.points.map { (horizontal($0.x, x), vertical($0.y, y)) }
    if item.isLine { svg.path(places, color: color, isDashed: item.isDashed) }
    for (point, place) in zip(item.points, places) {
      if let interval = point.interval {
        svg.line(
          place.0, vertical(interval.lowerBound, y), place.0, vertical(interval.upperBound, y),
          color: color)
      }
      svg.circle(place.0, place.1, radius: 3.5, color: color)
      if let label = point.label {
        svg.text(label, x: place.0 + 7, y: place.1 - 6, anchor: .start)
      }
    }
  }

  private func drawLegend(_ svg: inout SVGText) {
    let left = Self.width - Self.margin.right + 16
    for (index, item) in series.enumerated() {
      let place = Self.margin.top + 10 + 22 * Double(index)
      let color = Self.colors[index % Self.colors.count]
      svg.path([(left, place), (left + 20, place)], color: color, isDashed: item.isDashed)
      svg.circle(left + 10, place, radius: 3.5, color: color)
      svg.text(item.name, x: left + 28, y: place + 4, anchor: .start)
    }
  }

  /// A tick's number without needless zeros.
  private static func label(_ value: Double) -> String {
    let rounded = (value * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() && abs(rounded) < 1e15
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
