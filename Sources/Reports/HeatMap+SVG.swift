// SPDX-License-Identifier: GPL-3.0-or-later

extension HeatMap {
  private static let margin = (left: 130.0, right: 16.0, top: 120.0, bottom: 16.0)

  /// Cells of many columns are narrower, so that the page need not shrink them beyond reading.
  private var cell: (width: Double, height: Double) {
    (min(48, max(30, 600 / Double(max(columnNames.count, 1)))), 30)
  }

  /// The map as one SVG document, as large as it has cells.
  package func svg() -> String {
    let size = cell
    let left = Self.margin.left
    let top = Self.margin.top
    let right = left + size.width * Double(columnNames.count)
    let bottom = top + size.height * Double(rowNames.count)
    var svg = SVGText(
      title: title, width: max(right + Self.margin.right, 460),
      height: bottom + Self.margin.bottom)
    svg.text(title, x: 12, y: 22, anchor: .start, kind: "title")
    svg.text(columnLabel, x: left, y: 44, anchor: .start)
    svg.text(rowLabel, x: 18, y: (top + bottom) / 2, anchor: .middle, turned: true)
    for (column, name) in columnNames.enumerated() {
      let middle = left + size.width * (Double(column) + 0.5)
      svg.text(name, x: middle + 4, y: top - 8, anchor: .start, turned: true)
    }
    for (row, name) in rowNames.enumerated() {
      let y = top + size.height * Double(row)
      svg.text(name, x: left - 8, y: y + size.height / 2 + 4, anchor: .end)
      for (column, cell) in cells[row].enumerated() {
        draw(cell, left + size.width * Double(column), y, &svg)
      }
    }
    for row in 0...rowNames.count {
      let y = top + size.height * Double(row)
      svg.line(left, y, right, y, kind: "grid")
    }
    for column in 0...columnNames.count {
      let x = left + size.width * Double(column)
      svg.line(x, top, x, bottom, kind: "grid")
    }
    return svg.document
  }

  private func draw(_ cell: Cell, _ x: Double, _ y: Double, _ svg: inout SVGText) {
    let size = self.cell
    if cell.strength > 0 {
      svg.rectangle(
        x: x, y: y, width: size.width, height: size.height,
        color: SVGText.color(cell.isWrong ? 1 : 0), strength: min(cell.strength, 1))
    }
    guard !cell.text.isEmpty else { return }
    svg.text(
      cell.text, x: x + size.width / 2, y: y + size.height / 2 + 4, anchor: .middle,
      kind: cell.strength > 0.7 ? "strong" : nil)
  }
}
