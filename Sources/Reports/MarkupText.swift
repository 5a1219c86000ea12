// SPDX-License-Identifier: GPL-3.0-or-later

/// Text inside HTML and SVG.
enum MarkupText {
  /// `text` so that it is shown as it is, between tags and in attributes.
  ///
  /// Scalar by scalar: a `<` with a combining accent is one character, but still opens a tag. What XML
  /// cannot hold, such as a null in a file's name, becomes the replacement character.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\t", "\n": result.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  /// A tenth of a pixel is exact enough.
  static func number(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }
}
