// SPDX-License-Identifier: GPL-3.0-or-later

/// The area between two axes of a drawing, with a title above and a legend below.
struct PlotArea {
  private static let width = 760.0
  private static let plotHeight = 340.0
  private static let margin = (left: 64.0, right: 28.0, top: 40.0, bottom: 52.0)
  private static let legendColumnCount = 2
  private static let legendRowHeight = 22.0

  let x: AxisScale
  let y: AxisScale

  let left = Self.margin.left
  let right = Self.width - Self.margin.right
  let top = Self.margin.top
  let bottom = Self.margin.top + Self.plotHeight

  /// A document with a title, to draw in, with room for a legend of so many entries.
  static func document(title: String, legendCount: Int) -> SVGText {
    let rowCount = (legendCount + legendColumnCount - 1) / legendColumnCount
    var svg = SVGText(
      title: title, width: width,
      height: margin.top + plotHeight + margin.bottom + legendRowHeight * Double(rowCount) + 8)
    svg.text(title, x: margin.left, y: 22, anchor: .start, kind: "title")
    return svg
  }

  func horizontal(_ value: Double) -> Double { left + x.place(value) * (right - left) }

  func vertical(_ value: Double) -> Double { bottom - y.place(value) * (bottom - top) }

  /// Whether a place lies between the axes, or a label's height above.
  func contains(_ x: Double, _ y: Double) -> Bool {
    (left...right).contains(x) && (top - 12...bottom).contains(y)
  }

  /// Draws the grid, the axes and their labels.
  func drawAxes(_ svg: inout SVGText, xLabel: String, yLabel: String) {
    for tick in y.ticks {
      let place = vertical(tick)
      svg.line(left, place, right, place, kind: "grid")
      svg.text(Self.label(tick), x: left - 8, y: place + 4, anchor: .end)
    }
    for tick in x.ticks {
      let place = horizontal(tick)
      svg.line(place, top, place, bottom, kind: "grid")
      svg.text(Self.label(tick), x: place, y: bottom + 18, anchor: .middle)
    }
    svg.line(left, bottom, right, bottom, kind: "axis")
    svg.line(left, top, left, bottom, kind: "axis")
    svg.text(xLabel, x: (left + right) / 2, y: bottom + 40, anchor: .middle)
    svg.text(yLabel, x: 18, y: (top + bottom) / 2, anchor: .middle, turned: true)
  }

  /// Begins what shows between the axes only.
  func clip(_ svg: inout SVGText) {
    svg.clip(x: left, y: top, width: right - left, height: bottom - top)
  }

  /// Left end and height of the mark of an entry of the legend.
  func legendPlace(_ index: Int) -> (x: Double, y: Double) {
    let columnWidth = (right - left) / Double(Self.legendColumnCount)
    return (
      left + columnWidth * Double(index % Self.legendColumnCount),
      bottom + Self.margin.bottom + 10
        + Self.legendRowHeight * Double(index / Self.legendColumnCount)
    )
  }

  /// A tick's number without needless zeros.
  static func label(_ value: Double) -> String {
    let rounded = (value * 1e6).rounded() / 1e6
    return rounded == rounded.rounded() && abs(rounded) < 1e15
      ? "\(Int(rounded))" : "\(rounded)"
  }
}
