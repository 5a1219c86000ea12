// SPDX-License-Identifier: GPL-3.0-or-later

import Reports

/// A plain-text table: columns of text flush left, of numbers flush right.
struct Table {
  fileprivate var rows: [[String]]

  /// Columns from the first on that are flush left.
  fileprivate let textColumnCount: Int

  init(header: [String], textColumnCount: Int = 1) {
    rows = [header]
    self.textColumnCount = textColumnCount
  }

  mutating func add(_ row: [String]) { rows.append(row) }

  /// The lines of the table, columns two spaces apart.
  var lines: [String] {
    let columnCount = rows.map(\.count).max() ?? 0
    let widths = (0..<columnCount).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - text.count)
        line += column == 0 ? "" : "  "
        line += column < textColumnCount ? text + padding : padding + text
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}

extension Page.Table {
  /// The same table on a page.
  init(_ table: Table) {
    self.init(
      header: table.rows[0],
      rows: table.rows.dropFirst().map { row in
        row.enumerated().map { $0 < table.textColumnCount ? .text($1) : .number($1) }
      })
  }
}
