// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// The elements of a document that has to be XML.
final class MarkupElements: NSObject, XMLParserDelegate {
  /// Names with attributes, in the order of their start.
  private(set) var all: [(name: String, attributes: [String: String])] = []

  /// All text outside of tags.
  private(set) var text = ""

  init(_ document: String) {
    super.init()
    let parser = XMLParser(data: Data(document.utf8))
    parser.delegate = self
    #expect(parser.parse(), "not XML: \(String(describing: parser.parserError))")
  }

  /// The attributes of every element of that name.
  subscript(name: String) -> [[String: String]] {
    all.filter { $0.name == name }.map(\.attributes)
  }

  func parser(
    _ parser: XMLParser, didStartElement element: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    all.append((element, attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}
