// SPDX-License-Identifier: GPL-3.0-or-later

/// Cells in named rows and columns, each as strongly coloured as it matters.
package struct HeatMap: Sendable {
  package var title: String
  package var rowLabel: String
  package var columnLabel: String
  package var rowNames: [String]
  package var columnNames: [String]

  /// `[row][column]`
  package var cells: [[Cell]]

  package init(
    title: String, rowLabel: String, columnLabel: String, rowNames: [String],
    columnNames: [String], cells: [[Cell]]
  ) {
    self.title = title
    self.rowLabel = rowLabel
    self.columnLabel = columnLabel
    self.rowNames = rowNames
    self.columnNames = columnNames
    self.cells = cells
  }

  package struct Cell: Equatable, Sendable {
    package var text: String

    /// From 0, not coloured, to 1.
    package var strength: Double

    /// Whether it is drawn in the colour of what is wrong.
    package var isWrong: Bool

    package init(text: String, strength: Double, isWrong: Bool = false) {
      self.text = text
      self.strength = strength
      self.isWrong = isWrong
    }
  }

  /// How often each class was taken for each: right ones by their part of the class, wrong ones, of
  /// which there are few, against the most frequent confusion.
  ///
  /// - Parameter counts: `[truth][decision]`; classes without clips are left out as rows.
  package static func confusion(
    title: String, rowLabel: String, columnLabel: String, labels: [String], counts: [[Int]]
  ) -> HeatMap {
    let rows = labels.indices.filter { counts[$0].contains { $0 > 0 } }
    let wrongMost = rows.flatMap { row in
      labels.indices.filter { $0 != row }.map { counts[row][$0] }
    }.max()
    return HeatMap(
      title: title, rowLabel: rowLabel, columnLabel: columnLabel,
      rowNames: rows.map { labels[$0] }, columnNames: labels,
      cells: rows.map { row in
        let total = counts[row].reduce(0, +)
        return labels.indices.map { column in
          let count = counts[row][column]
          guard count > 0 else { return Cell(text: "", strength: 0) }
          let most = row == column ? total : wrongMost ?? 1
          return Cell(
            text: "\(count)", strength: 0.1 + 0.8 * Double(count) / Double(most),
            isWrong: row != column)
        }
      })
  }
}
