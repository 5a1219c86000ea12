// SPDX-License-Identifier: GPL-3.0-or-later

extension BarChart {
  private static let width = 760.0
  private static let rowHeight = 28.0
  private static let margin = (right: 150.0, top: 40.0, bottom: 52.0)

  /// Room for the longest name, of 13 pixels of sans-serif.
  private var leftMargin: Double {
    max(130, 24 + 7 * Double(bars.map(\.name.count).max() ?? 0))
  }

  /// The chart as one SVG document, as high as there are bars.
  package func svg() -> String {
    let intervals = bars.compactMap(\.interval)
    let scale = AxisScale(
      axis,
      values: (axis.scale == .linear ? [0] : []) + bars.map(\.value)
        + intervals.flatMap { [$0.lowerBound, $0.upperBound] })
    let bottom = Self.margin.top + Self.rowHeight * Double(max(bars.count, 1))
    let left = leftMargin
    let extent = Self.width - left - Self.margin.right
    func place(_ value: Double) -> Double {
      left + min(max(scale.place(value), 0), 1) * extent
    }
    var svg = SVGText(title: title, width: Self.width, height: bottom + Self.margin.bottom)
    svg.text(title, x: 12, y: 22, anchor: .start, kind: "title")
    for tick in scale.ticks {
      svg.line(place(tick), Self.margin.top, place(tick), bottom, kind: "grid")
      svg.text(PlotArea.label(tick), x: place(tick), y: bottom + 18, anchor: .middle)
    }
    for (index, bar) in bars.enumerated() {
      let middle = Self.margin.top + Self.rowHeight * (Double(index) + 0.5)
      svg.rectangle(
        x: left, y: middle - 8, width: place(bar.value) - left,
        height: 16, color: SVGText.color(0), strength: 0.6)
      if let interval = bar.interval {
        svg.line(
          place(interval.lowerBound), middle, place(interval.upperBound), middle, kind: "mark")
        for end in [interval.lowerBound, interval.upperBound] {
          svg.line(place(end), middle - 5, place(end), middle + 5, kind: "mark")
        }
      }
      svg.text(bar.name, x: left - 8, y: middle + 4, anchor: .end)
      svg.text(bar.text, x: Self.width - Self.margin.right + 12, y: middle + 4, anchor: .start)
    }
    svg.line(left, Self.margin.top, left, bottom, kind: "axis")
    svg.text(axis.label, x: left + extent / 2, y: bottom + 40, anchor: .middle)
    return svg.document
  }
}
