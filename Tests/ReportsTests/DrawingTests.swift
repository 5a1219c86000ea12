// SPDX-License-Identifier: GPL-3.0-or-later

import Reports
import Testing

@Suite struct DrawingTests {
  @Test func `a histogram counts every value once, those outside in the nearest bin`() {
    var histogram = Histogram(title: "t", label: "score", range: 0...1, binCount: 4)
    histogram.add("a", [0, 0.24, 0.25, 0.99, 1, 7, -3, .nan, .infinity])
    #expect(histogram.groups[0].counts == [3, 1, 0, 4])
    #expect(histogram.edges == [0, 0.25, 0.5, 0.75, 1])
  }

  @Test(arguments: [Chart.Scale.linear, .logarithmic])
  func `a histogram draws a bar for every bin that is not empty, higher for more`(
    scale: Chart.Scale
  ) throws {
    var histogram = Histogram(
      title: "<t>", label: "score", range: 0...1, binCount: 3, scale: scale)
    histogram.add("a & b", [0.1, 0.5, 0.5])
    histogram.add("c", [0.1])
    let elements = MarkupElements(histogram.svg())
    // Three bars and two entries of the legend.
    let heights = elements["rect"].compactMap { $0["height"].flatMap(Double.init) }
    #expect(heights.count == 5)
    #expect(heights[0] == heights[1] && heights[2] > heights[0] && heights[0] > 10)
    #expect(elements.text.contains("a & b"))
  }

  @Test(arguments: [Chart.Scale.linear, .logarithmic])
  func `a histogram of nothing is a drawing as well`(scale: Chart.Scale) {
    var histogram = Histogram(title: "t", label: "l", range: 0...1, binCount: 3, scale: scale)
    histogram.add("none", [])
    let svg = histogram.svg()
    #expect(!svg.contains("nan") && !svg.contains("inf"))
    #expect(MarkupElements(svg)["rect"].count == 1)
  }

  @Test func `bars are as long as their values`() throws {
    let bars = BarChart(
      title: "t", axis: Chart.Axis(label: "%", range: 0...100),
      bars: [
        BarChart.Bar(name: "a", value: 50, text: "50 %", interval: 40...60),
        BarChart.Bar(name: "b", value: 100, text: "100 %"),
        BarChart.Bar(name: "c", value: 0, text: "0 %"),
      ])
    let widths = MarkupElements(bars.svg())["rect"].compactMap { $0["width"].flatMap(Double.init) }
    #expect(widths.count == 3 && abs(2 * widths[0] - widths[1]) < 0.11 && widths[2] == 0)
  }

  @Test func `layers are boxes filled by their weight, with arcs to what they read past`() throws {
    let diagram = LayerDiagram(
      title: "t", weightLabel: "w",
      layers: [
        LayerDiagram.Layer(name: "a", text: "", shape: "1x2", weight: 4),
        LayerDiagram.Layer(name: "b<", text: "", shape: "1x2", weight: 2),
        LayerDiagram.Layer(name: "c", text: "", shape: "1x2", weight: 0, sources: [0, nil]),
        LayerDiagram.Layer(
          name: "d", text: "", shape: "1x2", weight: 1, sources: [0], followsAbove: false),
      ])
    let elements = MarkupElements(diagram.svg())
    let widths = elements["rect"].compactMap { $0["width"].flatMap(Double.init) }
    #expect(widths == [330, 330, 330, 165, 330, 0, 330, 82.5])
    #expect(elements["polyline"].count == 3 && elements["line"].count == 3)
    #expect(elements.text.contains("b<"))
  }

  @Test func `the names of bars have the room that they need`() throws {
    func start(_ name: String) throws -> Double {
      let bars = BarChart(
        title: "t", axis: Chart.Axis(label: "l"),
        bars: [BarChart.Bar(name: name, value: 1, text: "1")])
      let x = MarkupElements(bars.svg())["rect"].first?["x"].flatMap(Double.init)
      return try #require(x)
    }
    #expect(try start("yes") == 130)
    #expect(try start("high2.bc3t3d2.frequency") > 23 * 7)
  }

  @Test func `a confusion has a row for every class with clips, and colours what is wrong`() {
    let map = HeatMap.confusion(
      title: "t", rowLabel: "is", columnLabel: "taken for", labels: ["a", "b", "c"],
      counts: [[8, 0, 2], [0, 0, 0], [1, 0, 9]])
    #expect(map.rowNames == ["a", "c"] && map.columnNames == ["a", "b", "c"])
    #expect(map.cells[0].map(\.text) == ["8", "", "2"])
    #expect(map.cells[0].map(\.isWrong) == [false, false, true])
    #expect(map.cells[0][2].strength > map.cells[1][0].strength)
    let elements = MarkupElements(map.svg())
    #expect(elements["rect"].count == 4)
    let none = HeatMap.confusion(
      title: "t", rowLabel: "is", columnLabel: "taken for", labels: ["a"], counts: [[0]])
    #expect(MarkupElements(none.svg())["rect"].isEmpty)
  }
}
