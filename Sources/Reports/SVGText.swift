// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes the elements of an SVG document, texts escaped.
struct SVGText {
  enum Anchor: String { case start, middle, end }

  private let width: Double
  private let height: Double
  private var body = ""

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  var document: String {
    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Self.number(width)) "
      + "\(Self.number(height))\" role=\"img\">\n\(body)</svg>\n"
  }

  mutating func style(_ rules: String) { body += "<style>\(rules)</style>\n" }

  mutating func text(
    _ text: String, x: Double, y: Double, anchor: Anchor, kind: String? = nil,
    turned: Bool = false
  ) {
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    let turn =
      turned ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    body +=
      "<text \(place) text-anchor=\"\(anchor.rawValue)\"\(Self.attribute(kind))\(turn)>"
      + "\(Self.escaped(text))</text>\n"
  }

  mutating func line(
    _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, kind: String? = nil,
    color: String? = nil
  ) {
    let stroke = color.map { " stroke=\"\($0)\"" } ?? ""
    body +=
      "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
      + "y2=\"\(Self.number(y2))\"\(Self.attribute(kind))\(stroke)/>\n"
  }

  mutating func path(_ points: [(Double, Double)], color: String, isDashed: Bool) {
    let places = points.map { "\(Self.number($0.0)),\(Self.number($0.1))" }
    let dash = isDashed ? " stroke-dasharray=\"6 4\"" : ""
    body +=
      "<polyline points=\"\(places.joined(separator: " "))\" fill=\"none\" stroke=\"\(color)\" "
      + "stroke-width=\"2\"\(dash)/>\n"
  }

  /// What is drawn until `endClip` shows within a rectangle only, and up to a point's radius past it.
  mutating func clip(x: Double, y: Double, width: Double, height: Double) {
    let margin = 5.0
    body +=
      "<clipPath id=\"plot\"><rect x=\"\(Self.number(x - margin))\" "
      + "y=\"\(Self.number(y - margin))\" width=\"\(Self.number(width + 2 * margin))\" "
      + "height=\"\(Self.number(height + 2 * margin))\"/></clipPath>\n"
      + "<g clip-path=\"url(#plot)\">\n"
  }

  mutating func endClip() { body += "</g>\n" }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, color: String) {
    body +=
      "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" "
      + "fill=\"\(color)\"/>\n"
  }

  private static func attribute(_ kind: String?) -> String {
    kind.map { " class=\"\($0)\"" } ?? ""
  }

  /// A tenth of a pixel is exact enough.
  private static func number(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
