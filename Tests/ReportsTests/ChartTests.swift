// SPDX-License-Identifier: GPL-3.0-or-later

import Reports
import Testing

@Suite struct ChartTests {
  private func chart(_ points: [Chart.Point], scale: Chart.Scale = .linear) -> Chart {
    Chart(
      title: "a < b & \"c\"", x: Chart.Axis(label: "bits", scale: scale),
      y: Chart.Axis(label: "%"), series: [Chart.Series(name: "one", points: points)])
  }

  @Test func `a chart is XML whose points lie where their values are`() {
    let svg = chart([
      Chart.Point(x: 0, y: 0), Chart.Point(x: 5, y: 50), Chart.Point(x: 10, y: 100),
    ]).svg()
    // Three points and one in the legend.
    let circles = MarkupElements(svg)["circle"]
    #expect(circles.count == 4)
    let x = circles.prefix(3).compactMap { $0["cx"].flatMap(Double.init) }
    let y = circles.prefix(3).compactMap { $0["cy"].flatMap(Double.init) }
    #expect(abs(x[1] - (x[0] + x[2]) / 2) < 0.11 && x[0] < x[2])
    #expect(abs(y[1] - (y[0] + y[2]) / 2) < 0.11 && y[0] > y[2])
    #expect(svg.contains("a &lt; b &amp; &quot;c&quot;"))
  }

  @Test func `equal factors are equal distances on a logarithmic axis`() {
    let svg = chart(
      [Chart.Point(x: 1, y: 0), Chart.Point(x: 10, y: 1), Chart.Point(x: 100, y: 0)],
      scale: .logarithmic
    ).svg()
    let x = MarkupElements(svg)["circle"].prefix(3).compactMap { $0["cx"].flatMap(Double.init) }
    #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.21)
  }

  @Test func `no point, one point and equal points still make a chart`() {
    for points in [
      [], [Chart.Point(x: 3, y: 3)], [Chart.Point(x: 0, y: 0), Chart.Point(x: 0, y: 0)],
    ] {
      let svg = chart(points).svg()
      #expect(!svg.contains("nan") && !svg.contains("inf"))
      #expect(MarkupElements(svg)["circle"].count == points.count + 1)
    }
  }
}
