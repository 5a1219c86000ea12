// SPDX-License-Identifier: GPL-3.0-or-later

extension HeatMap {
  private static let cell = (width: 48.0, height: 30.0)
  private static let margin = (left: 130.0, right: 16.0, top: 120.0, bottom: 16.0)

  /// The map as one SVG document, as large as it has cells.
  package func svg() -> String {
    let left = Self.margin.left
    let top = Self.margin.top
    let right = left + Self.cell.width * Double(columnNames.count)
    let bottom = top + Self.cell.height * Double(rowNames.count)
    var svg = SVGText(
      title: title, width: max(right + Self.margin.right, 460),
      height: bottom + Self.margin.bottom)
    svg.text(title, x: 12, y: 22, anchor: .start, kind: "title")
    svg.text(columnLabel, x: left, y: 44, anchor: .start)
    svg.text(rowLabel, x: 18, y: (top + bottom) / 2, anchor: .middle, turned: true)
    for (column, name) in columnNames.enumerated() {
      let middle = left + Self.cell.width * (Double(column) + 0.5)
      svg.text(name, x: middle + 4, y: top - 8, anchor: .start, turned: true)
    }
    for (row, name) in rowNames.enumerated() {
      let y = top + Self.cell.height * Double(row)
      svg.text(name, x: left - 8, y: y + Self.cell.height / 2 + 4, anchor: .end)
      for (column, cell) in cells[row].enumerated() {
        draw(cell, left + Self.cell.width * Double(column), y, &svg)
      }
    }
    for row in 0...rowNames.count {
      let y = top + Self.cell.height * Double(row)
      svg.line(left, y, right, y, kind: "grid")
    }
    for column in 0...columnNames.count {
      let x = left + Self.cell.width * Double(column)
      svg.line(x, top, x, bottom, kind: "grid")
    }
    return svg.document
  }

  private func draw(_ cell: Cell, _ x: Double, _ y: Double, _ svg: inout SVGText) {
    if cell.strength > 0 {
      svg.rectangle(
        x: x, y: y, width: Self.cell.width, height: Self.cell.height,
        color: SVGText.color(cell.isWrong ? 1 : 0), strength: min(cell.strength, 1))
    }
    guard !cell.text.isEmpty else { return }
    svg.text(
      cell.text, x: x + Self.cell.width / 2, y: y + Self.cell.height / 2 + 4, anchor: .middle,
      kind: cell.strength > 0.7 ? "strong" : nil)
  }
}
