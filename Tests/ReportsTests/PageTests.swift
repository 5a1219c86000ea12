// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Reports
import Testing

@Suite struct PageTests {
  /// What would break out of a text or an attribute, in every place that takes text.
  private static let hostile = "</style><script src=\"http://x/\">'&amp;\u{0}<\u{301}b"

  private func page(_ text: String) -> Page {
    var histogram = Histogram(title: text, label: text, range: 0...1, binCount: 4)
    histogram.add(text, [0.5])
    let chart = Chart(
      title: text, x: Chart.Axis(label: text), y: Chart.Axis(label: text),
      series: [
        Chart.Series(name: text, points: [Chart.Point(x: 1, y: 2, label: text)]),
        Chart.Series(name: text, points: [Chart.Point(x: 2, y: 2)]),
      ])
    let bars = BarChart(
      title: text, axis: Chart.Axis(label: text),
      bars: [BarChart.Bar(name: text, value: 1, text: text)])
    let map = HeatMap.confusion(
      title: text, rowLabel: text, columnLabel: text, labels: [text, text],
      counts: [[1, 2], [0, 3]])
    return Page(
      title: text, subtitle: text,
      sections: [
        Page.Section(
          text,
          [
            .paragraph(text), .highlights([Page.Highlight(text, name: text, note: text)]),
            .facts([Page.Fact(text, text)]), .code(text),
            .table(
              Page.Table(
                header: [text, text, text],
                rows: [
                  [.text(text), .number(text), .sound(Sound(samples: [0, 0.5], rate: 16_000))]
                ])),
            .figure(Page.Figure(name: "chart", .chart(chart), caption: text)),
            .figure(Page.Figure(name: "histogram", .histogram(histogram), caption: text)),
            .details(
              summary: text,
              [
                .figure(Page.Figure(name: "bars", .bars(bars))),
                .details(summary: text, [.figure(Page.Figure(name: "map", .map(map)))]),
              ]),
          ])
      ])
  }

  @Test func `no text becomes markup, wherever it stands`() {
    let plain = MarkupElements(page("plain").html())
    let hostile = MarkupElements(page(Self.hostile).html())
    #expect(hostile.all.map(\.name) == plain.all.map(\.name))
    #expect(hostile["script"].isEmpty)
    for (one, other) in zip(plain.all, hostile.all) {
      #expect(one.attributes.keys.sorted() == other.attributes.keys.sorted())
    }
    let shown = Self.hostile.replacingOccurrences(of: "\u{0}", with: "\u{FFFD}")
    #expect(hostile.text.contains(shown))
  }

  @Test func `a page loads nothing from elsewhere`() {
    let elements = MarkupElements(page("plain").html())
    #expect(elements["style"].count > 1 && elements["svg"].count >= 4)
    let forbidden: Set = [
      "script", "link", "iframe", "object", "embed", "img", "image", "use", "base", "form", "a",
    ]
    for (name, attributes) in elements.all {
      #expect(!forbidden.contains(name))
      for (key, value) in attributes {
        #expect(!key.lowercased().hasPrefix("on") && !["href", "style", "id"].contains(key))
        if key == "src" { #expect(value.hasPrefix("data:audio/wav;base64,")) }
        if key != "xmlns" { #expect(!value.contains("//")) }
      }
    }
    #expect(!elements.text.contains("url(") && !elements.text.contains("@import"))
    #expect(
      elements["meta"].contains { $0["content"]?.hasPrefix("default-src 'none'") == true })
  }

  @Test func `the figures of a page are all of them, in order`() {
    #expect(page("plain").figures.map(\.name) == ["chart", "histogram", "bars", "map"])
  }

  @Test func `a player plays the samples`() throws {
    let sound = Sound(samples: [0, 0.5, -1, 1, 2, .nan], rate: 16_000)
    let wave = sound.wave
    #expect(wave.count == 44 + 12)
    #expect(wave[..<4] == Array("RIFF".utf8)[...] && wave[4] == 48 && wave[40] == 12)
    let samples = stride(from: 44, to: wave.count, by: 2).map {
      Int16(bitPattern: UInt16(wave[$0]) | UInt16(wave[$0 + 1]) << 8)
    }
    #expect(samples == [0, 16_384, -32_768, 32_767, 32_767, 0])
    let page = Page(
      title: "t",
      sections: [Page.Section("s", [.table(Page.Table(header: ["h"], rows: [[.sound(sound)]]))])])
    let source = try #require(MarkupElements(page.html())["audio"].first?["src"])
    let data = try #require(Data(base64Encoded: String(source.split(separator: ",")[1])))
    #expect(Array(data) == wave)
  }
}
