// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes the elements of an SVG document, texts escaped.
///
/// The document also stands inside a page beside others of its kind: it has no identifiers, and its
/// rules reach drawings only.
struct SVGText {
  enum Anchor: String { case start, middle, end }

  private let title: String
  private let width: Double
  private let height: Double
  private var body = ""

  /// - Parameter title: what the drawing shows, for those who do not see it.
  init(title: String, width: Double, height: Double) {
    self.title = title
    self.width = width
    self.height = height
  }

  /// Colours that people with any colour vision tell apart (Okabe, Ito, "Color universal design",
  /// 2008), each dark or light enough on white and on black.
  static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#56b4e9", "#8c564b", "#7f7f7f",
  ]

  static func color(_ index: Int) -> String { colors[index % colors.count] }

  private static let style = """
    .drawing text{font:13px system-ui,sans-serif;fill:#222}\
    .drawing .title{font-size:15px;font-weight:600}\
    .drawing .strong{fill:#fff}\
    .drawing .grid{stroke:#ddd}.drawing .axis{stroke:#888}\
    .drawing .mark{stroke:#222;stroke-width:1.5}\
    @media(prefers-color-scheme:dark){.drawing text{fill:#ddd}.drawing .strong{fill:#fff}\
    .drawing .grid{stroke:#444}.drawing .mark{stroke:#eee}}
    """

  var document: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"drawing\" viewBox=\"0 0 "
      + "\(MarkupText.number(width)) \(MarkupText.number(height))\" role=\"img\" "
      + "aria-label=\"\(MarkupText.escaped(title))\">\n<style>\(Self.style)</style>\n\(body)</svg>\n"
  }

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor, kind: String? = nil,
    turned: Bool = false
  ) {
    let place = "x=\"\(MarkupText.number(x))\" y=\"\(MarkupText.number(y))\""
    let turn =
      turned ? " transform=\"rotate(-90 \(MarkupText.number(x)) \(MarkupText.number(y)))\"" : ""
    body +=
      "<text \(place) text-anchor=\"\(anchor.rawValue)\"\(Self.attribute(kind))\(turn)>"
      + "\(MarkupText.escaped(text))</text>\n"
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, kind: String? = nil,
    color: String? = nil
  ) {
    let stroke = color.map { " stroke=\"\($0)\"" } ?? ""
    body +=
      "<line x1=\"\(MarkupText.number(x1))\" y1=\"\(MarkupText.number(y1))\" "
      + "x2=\"\(MarkupText.number(x2))\" y2=\"\(MarkupText.number(y2))\""
      + "\(Self.attribute(kind))\(stroke)/>\n"
  }

  mutating func path(_ points: [(Double, Double)], color: String, isDashed: Bool) {
    let places = points.map { "\(MarkupText.number($0.0)),\(MarkupText.number($0.1))" }
    let dash = isDashed ? " stroke-dasharray=\"6 4\"" : ""
    body +=
      "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" "
      + "stroke-width=\"2\"\(dash)/>\n"
  }

  /// - Parameter strength: from 0, nothing to be seen, to 1.
  mutating func rectangle(
    x: Double, y: Double, width: Double, height: Double, color: String, strength: Double = 1
  ) {
    let opacity = strength < 1 ? " fill-opacity=\"\((strength * 1000).rounded() / 1000)\"" : ""
    body +=
      "<rect x=\"\(MarkupText.number(x))\" y=\"\(MarkupText.number(y))\" "
      + "width=\"\(MarkupText.number(width))\" height=\"\(MarkupText.number(height))\" "
      + "fill=\"\(color)\"\(opacity)/>\n"
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, color: String) {
    body +=
      "<circle cx=\"\(MarkupText.number(x))\" cy=\"\(MarkupText.number(y))\" "
      + "r=\"\(MarkupText.number(radius))\" fill=\"\(color)\"/>\n"
  }

  /// What is drawn until `endClip` shows within a rectangle only, and up to a point's radius past it.
  mutating func clip(x: Double, y: Double, width: Double, height: Double) {
    let margin = 5.0
    let left = MarkupText.number(x - margin)
    let top = MarkupText.number(y - margin)
    let size = (MarkupText.number(width + 2 * margin), MarkupText.number(height + 2 * margin))
    // An inner document cuts what lies outside of it, and needs no identifier for that.
    body +=
      "<svg x=\"\(left)\" y=\"\(top)\" width=\"\(size.0)\" height=\"\(size.1)\" "
      + "viewBox=\"\(left) \(top) \(size.0) \(size.1)\">\n"
  }

  mutating func endClip() { body += "</svg>\n" }

  private static func attribute(_ kind: String?) -> String {
    kind.map { " class=\"\($0)\"" } ?? ""
  }
}
