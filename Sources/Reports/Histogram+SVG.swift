// SPDX-License-Identifier: GPL-3.0-or-later

extension Histogram {
  /// The groups' bars side by side in every bin, as one SVG document.
  package func svg() -> String {
    let most = Double(groups.flatMap(\.counts).max() ?? 0)
    // On a logarithmic axis a bar begins below one, so that one is to be seen.
    let base = scale == .linear ? 0 : 0.5
    let y = Chart.Axis(
      label: "count", scale: scale,
      range: scale == .linear ? (most == 0 ? 0...1 : nil) : base...max(most, 1) * 1.3)
    let area = PlotArea(
      x: AxisScale(Chart.Axis(label: label, range: range), values: []),
      y: AxisScale(y, values: [0, most]))
    var svg = PlotArea.document(title: title, legendCount: groups.count)
    area.drawAxes(&svg, xLabel: label, yLabel: y.label)
    let edges = edges
    for bin in 0..<binCount {
      let start = area.horizontal(edges[bin])
      let width = (area.horizontal(edges[bin + 1]) - start) / Double(max(groups.count, 1))
      for (index, group) in groups.enumerated() where group.counts[bin] > 0 {
        let top = area.vertical(Double(group.counts[bin]))
        svg.rectangle(
          x: start + width * Double(index) + 0.5, y: top, width: max(width - 1, 1),
          height: area.bottom - top, color: SVGText.color(index))
      }
    }
    for (index, group) in groups.enumerated() {
      let place = area.legendPlace(index)
      svg.rectangle(
        x: place.x, y: place.y - 6, width: 20, height: 12, color: SVGText.color(index))
      svg.text(group.name, x: place.x + 28, y: place.y + 4, anchor: .start)
    }
    return svg.document
  }
}
