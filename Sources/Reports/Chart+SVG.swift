// SPDX-License-Identifier: GPL-3.0-or-later

extension Chart {
  /// The chart as one SVG document, which follows the reader's light or dark scheme.
  package func svg() -> String {
    let all = series.flatMap(\.points)
    let intervals = all.compactMap(\.interval)
    let area = PlotArea(
      x: AxisScale(x, values: all.map(\.x)),
      y: AxisScale(
        y, values: all.map(\.y) + intervals.map(\.lowerBound) + intervals.map(\.upperBound)))
    var svg = PlotArea.document(title: title, legendCount: series.count)
    area.drawAxes(&svg, xLabel: x.label, yLabel: y.label)
    area.clip(&svg)
    for (index, item) in series.enumerated() {
      draw(item, color: SVGText.color(index), &svg, area)
    }
    svg.endClip()
    drawLabels(&svg, area)
    drawLegend(&svg, area)
    return svg.document
  }

  private func draw(_ item: Series, color: String, _ svg: inout SVGText, _ area: PlotArea) {
    let places = item.points.map { (area.horizontal($0.x), area.vertical($0.y)) }
    if item.isLine { svg.path(places, color: color, isDashed: item.isDashed) }
    for (point, place) in zip(item.points, places) {
      if let interval = point.interval {
        svg.line(
          place.0, area.vertical(interval.lowerBound), place.0,
          area.vertical(interval.upperBound), color: color)
      }
      svg.circle(place.0, place.1, radius: 3.5, color: color)
    }
  }

  /// The names of points within the axes, save those that would lie on one drawn before.
  private func drawLabels(_ svg: inout SVGText, _ area: PlotArea) {
    var taken: [(x: ClosedRange<Double>, y: ClosedRange<Double>)] = []
    for point in series.flatMap(\.points) {
      let (place, y) = (area.horizontal(point.x), area.vertical(point.y) - 6)
      guard let label = point.label, area.contains(place, y) else { continue }
      // About as wide as digits are at this size; at the right end it stands before its point.
      let width = 8 * Double(label.count)
      let x = place + 7 + width > area.right + 20 ? place - 7 - width : place + 7
      let box = (x: x...x + width, y: y - 12...y)
      guard !taken.contains(where: { $0.x.overlaps(box.x) && $0.y.overlaps(box.y) }) else {
        continue
      }
      taken.append(box)
      svg.text(label, x: x, y: y, anchor: .start)
    }
  }

  private func drawLegend(_ svg: inout SVGText, _ area: PlotArea) {
    for (index, item) in series.enumerated() {
      let place = area.legendPlace(index)
      let color = SVGText.color(index)
      svg.path(
        [(place.x, place.y), (place.x + 20, place.y)], color: color, isDashed: item.isDashed)
      svg.circle(place.x + 10, place.y, radius: 3.5, color: color)
      svg.text(item.name, x: place.x + 28, y: place.y + 4, anchor: .start)
    }
  }
}
