// SPDX-License-Identifier: GPL-3.0-or-later

extension Page {
  /// The page as one HTML document that is XML as well, light or dark as the reader's system is.
  package func html() -> String {
    """
    <!DOCTYPE html>
    <html xmlns="http://www.w3.org/1999/xhtml" lang="en">
    <head>
    <meta charset="utf-8"/>
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
    style-src 'unsafe-inline'; media-src data:"/>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <title>\(MarkupText.escaped(title))</title>
    <style>\(Self.style)</style>
    </head>
    <body>
    <header>
    <h1>\(MarkupText.escaped(title))</h1>
    \(subtitle.isEmpty ? "" : Self.tag("p", subtitle))
    </header>
    <main>
    \(sections.map(Self.html).joined())</main>
    </body>
    </html>

    """
  }

  private static func html(_ section: Section) -> String {
    "<section>\n" + tag("h2", section.heading) + "\n" + section.elements.map(html).joined()
      + "</section>\n"
  }

  private static func html(_ element: Element) -> String {
    switch element {
    case .paragraph(let text): tag("p", text) + "\n"
    case .highlights(let highlights):
      "<ul class=\"highlights\">\n" + highlights.map(html).joined() + "</ul>\n"
    case .facts(let facts):
      "<dl>\n" + facts.map { tag("dt", $0.name) + tag("dd", $0.text) + "\n" }.joined()
        + "</dl>\n"
    case .table(let table): html(table)
    case .figure(let figure): html(figure)
    case .code(let text): "<pre><code>\(MarkupText.escaped(text))</code></pre>\n"
    case .details(let summary, let elements):
      "<details>\n" + tag("summary", summary) + "\n" + elements.map(html).joined()
        + "</details>\n"
    }
  }

  private static func html(_ highlight: Highlight) -> String {
    "<li><span>\(MarkupText.escaped(highlight.name))</span> "
      + "<strong>\(MarkupText.escaped(highlight.value))</strong> "
      + "<span>\(MarkupText.escaped(highlight.note))</span></li>\n"
  }

  private static func html(_ table: Table) -> String {
    let areNumbers = table.header.indices.map { column in
      table.rows.contains { row in
        if column < row.count, case .number = row[column] { true } else { false }
      }
    }
    let header = zip(table.header, areNumbers).map { name, isNumber in
      "<th\(isNumber ? " class=\"number\"" : "")>\(MarkupText.escaped(name))</th>"
    }
    let rows = table.rows.map { "<tr>" + $0.map(html).joined() + "</tr>\n" }
    return "<div class=\"wide\"><table>\n<thead><tr>" + header.joined()
      + "</tr></thead>\n<tbody>\n" + rows.joined() + "</tbody>\n</table></div>\n"
  }

  private static func html(_ cell: Cell) -> String {
    switch cell {
    case .text(let text): tag("td", text)
    case .number(let text): "<td class=\"number\">\(MarkupText.escaped(text))</td>"
    case .sound(let sound):
      "<td><audio controls=\"controls\" preload=\"metadata\" src=\"\(sound.uri)\"></audio></td>"
    }
  }

  private static func html(_ figure: Figure) -> String {
    "<figure><div class=\"wide\">\n" + figure.drawing.svg() + "</div>"
      + (figure.caption.isEmpty ? "" : tag("figcaption", figure.caption)) + "</figure>\n"
  }

  private static func tag(_ name: String, _ text: String) -> String {
    "<\(name)>\(MarkupText.escaped(text))</\(name)>"
  }
}
