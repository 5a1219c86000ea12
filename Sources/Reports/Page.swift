// SPDX-License-Identifier: GPL-3.0-or-later

/// A report to read in a browser, as plain values: one file that loads nothing from elsewhere.
package struct Page: Sendable {
  package var title: String

  /// A sentence under the title.
  package var subtitle: String
  package var sections: [Section]

  package init(title: String, subtitle: String = "", sections: [Section] = []) {
    self.title = title
    self.subtitle = subtitle
    self.sections = sections
  }

  package struct Section: Sendable {
    package var heading: String
    package var elements: [Element]

    package init(_ heading: String, _ elements: [Element]) {
      self.heading = heading
      self.elements = elements
    }
  }

  package indirect enum Element: Sendable {
    case paragraph(String)
    /// The few numbers that the reader came for, large.
    case highlights([Highlight])
    /// Names with what they stand for.
    case facts([Fact])
    case table(Table)
    case figure(Figure)
    /// Text in which every space counts, such as a command.
    case code(String)
    /// What only some want to read, behind its summary.
    case details(summary: String, [Element])
  }

  package struct Highlight: Equatable, Sendable {
    package var value: String
    package var name: String

    /// How sure it is, or of what.
    package var note: String

    package init(_ value: String, name: String, note: String = "") {
      self.value = value
      self.name = name
      self.note = note
    }
  }

  package struct Fact: Equatable, Sendable {
    package var name: String
    package var text: String

    package init(_ name: String, _ text: String) {
      self.name = name
      self.text = text
    }
  }

  package struct Table: Sendable {
    package var header: [String]
    package var rows: [[Cell]]

    package init(header: [String], rows: [[Cell]]) {
      self.header = header
      self.rows = rows
    }
  }

  package enum Cell: Equatable, Sendable {
    case text(String)
    /// Flush right, digits below digits.
    case number(String)
    /// A player.
    case sound(Sound)
  }

  package struct Figure: Sendable {
    /// Of its file beside the page, without `.svg`; letters, digits and hyphens.
    package var name: String
    package var drawing: Drawing
    package var caption: String

    package init(name: String, _ drawing: Drawing, caption: String = "") {
      self.name = name
      self.drawing = drawing
      self.caption = caption
    }
  }

  /// All figures in their order, those in details too.
  package var figures: [Figure] { Self.figures(in: sections.flatMap(\.elements)) }

  private static func figures(in elements: [Element]) -> [Figure] {
    elements.flatMap { element -> [Figure] in
      switch element {
      case .figure(let figure): [figure]
      case .details(_, let inner): figures(in: inner)
      case .paragraph, .highlights, .facts, .table, .code: []
      }
    }
  }
}
