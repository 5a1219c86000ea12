// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Reports
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ChartTests {
  private func chart(_ points: [Chart.Point], scale: Chart.Scale = .linear) -> Chart {
    Chart(
      title: "a < b & \"c\"", x: Chart.Axis(label: "bits", scale: scale),
      y: Chart.Axis(label: "%"), series: [Chart.Series(name: "one", points: points)])
  }

  /// The attributes of every element of that name.
  private final class Elements: NSObject, XMLParserDelegate {
    let name: String
    var found: [[String: String]] = []

    init(_ name: String) { self.name = name }

    func parser(
      _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if element == name { found.append(attributes) }
    }
  }

  private func elements(_ name: String, of svg: String) throws -> [[String: String]] {
    let parser = XMLParser(data: Data(svg.utf8))
    let elements = Elements(name)
    parser.delegate = elements
    #expect(parser.parse(), "not XML: \(String(describing: parser.parserError))")
    return elements.found
  }

  @Test func `a chart is XML whose points lie where their values are`() throws {
    let svg = chart([
      Chart.Point(x: 0, y: 0), Chart.Point(x: 5, y: 50), Chart.Point(x: 10, y: 100),
    ]).svg()
    // Three points and one in the legend.
    let circles = try elements("circle", of: svg)
    #expect(circles.count == 4)
    let x = circles.prefix(3).compactMap { $0["cx"].flatMap(Double.init) }
    let y = circles.prefix(3).compactMap { $0["cy"].flatMap(Double.init) }
    #expect(abs(x[1] - (x[0] + x[2]) / 2) < 0.11 && x[0] < x[2])
    #expect(abs(y[1] - (y[0] + y[2]) / 2) < 0.11 && y[0] > y[2])
    #expect(svg.contains("a &lt; b &amp; &quot;c&quot;"))
  }

  @Test func `equal factors are equal distances on a logarithmic axis`() throws {
    let svg = chart(
      [Chart.Point(x: 1, y: 0), Chart.Point(x: 10, y: 1), Chart.Point(x: 100, y: 0)],
      scale: .logarithmic
    ).svg()
    let x = try elements("circle", of: svg).prefix(3).compactMap { $0["cx"].flatMap(Double.init) }
    #expect(abs((x[1] - x[0]) - (x[2] - x[1])) < 0.21)
  }

  @Test func `no point, one point and equal points still make a chart`() throws {
    for points in [
      [], [Chart.Point(x: 3, y: 3)], [Chart.Point(x: 0, y: 0), Chart.Point(x: 0, y: 0)],
    ] {
      let svg = chart(points).svg()
      #expect(!svg.contains("nan") && !svg.contains("inf"))
      _ = try elements("circle", of: svg)
    }
  }
}
