// SPDX-License-Identifier: GPL-3.0-or-later

extension LayerDiagram {
  private static let width = 760.0
  private static let rowHeight = 34.0
  private static let boxHeight = 24.0
  private static let top = 64.0
  private static let box = (left: 230.0, right: 560.0)

  /// The diagram as one SVG document, as high as there are layers.
  package func svg() -> String {
    let height = Self.top + Self.rowHeight * Double(max(layers.count, 1)) + 8
    var svg = SVGText(title: title, width: Self.width, height: height)
    svg.text(title, x: 12, y: 22, anchor: .start, kind: "title")
    svg.text(
      "Filled: \(weightLabel). Arcs: what is read past the layer above.", x: 12, y: 42,
      anchor: .start)
    let heaviest = layers.map(\.weight).max() ?? 0
    for (index, layer) in layers.enumerated() {
      let middle = Self.middle(index)
      let (y, extent) = (middle - Self.boxHeight / 2, Self.box.right - Self.box.left)
      svg.rectangle(
        x: Self.box.left, y: y, width: extent, height: Self.boxHeight,
        color: SVGText.color(layer.group), strength: 0.15)
      if heaviest > 0 {
        svg.rectangle(
          x: Self.box.left, y: y, width: extent * layer.weight / heaviest,
          height: Self.boxHeight, color: SVGText.color(layer.group), strength: 0.35)
      }
      svg.text(layer.name, x: Self.box.left - 8, y: middle + 4, anchor: .end)
      svg.text(layer.text, x: Self.box.left + 8, y: middle + 4, anchor: .start)
      svg.text(layer.shape, x: Self.width - 12, y: middle + 4, anchor: .end)
      if layer.followsAbove {
        let x = (Self.box.left + Self.box.right) / 2
        svg.line(x, y - Self.rowHeight + Self.boxHeight, x, y, kind: "mark")
      }
      for source in layer.sources { draw(from: source, to: index, &svg) }
    }
    return svg.document
  }

  private static func middle(_ index: Int) -> Double { top + rowHeight * (Double(index) + 0.5) }

  /// A line beside the boxes, the further out the more layers it passes.
  private func draw(from source: Int?, to index: Int, _ svg: inout SVGText) {
    let start = source.map { Self.middle($0) + 4 } ?? Self.top
    let passed = Double(index - (source ?? -1))
    let x = Self.box.right + min(10 + 5 * passed, 90)
    svg.path(
      [
        (Self.box.right, start), (x, start), (x, Self.middle(index) - 4),
        (Self.box.right, Self.middle(index) - 4),
      ], color: SVGText.color(layers[index].group), isDashed: false)
  }
}
