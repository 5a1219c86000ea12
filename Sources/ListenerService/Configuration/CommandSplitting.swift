// SPDX-License-Identifier: GPL-3.0-or-later

/// Why a text cannot be split into words; offsets count characters from 0.
package enum CommandSplittingError: Error, Equatable, Sendable {
  /// A quote, `"` or `'`, that opened at `offset` has no other end.
  case openQuote(Character, offset: Int)

  /// A backslash at the end escapes nothing.
  case trailingBackslash(offset: Int)
}

/// The words of `text` by the quoting rules of a shell (POSIX, section 2.2), and nothing else of a
/// shell: no variables, no patterns, no operators.
///
/// Spaces, tabs and line feeds separate. A backslash makes the next character ordinary; inside of
/// double quotes it does so only in front of `"` and `\`. Single quotes keep everything.
package func splitCommand(_ text: String) throws(CommandSplittingError) -> [String] {
  var words: [String] = []
  var word: String?
  var quote: (mark: Character, offset: Int)?
  var backslash: Int?
  for (offset, character) in text.enumerated() {
    if backslash != nil {
      backslash = nil
      let isKept = quote != nil && character != "\"" && character != "\\"
      word = (word ?? "") + (isKept ? "\\" : "") + String(character)
    } else if character == "\\" && quote?.mark != "'" {
      backslash = offset
    } else if let open = quote {
      if character == open.mark {
        quote = nil
      } else {
        word = (word ?? "") + String(character)
      }
    } else if character == "\"" || character == "'" {
      quote = (character, offset)
      word = word ?? ""
    } else if character == " " || character == "\t" || character == "\n" || character == "\r\n" {
      if let complete = word { words.append(complete) }
      word = nil
    } else {
      word = (word ?? "") + String(character)
    }
  }
  if let backslash { throw .trailingBackslash(offset: backslash) }
  if let quote { throw .openQuote(quote.mark, offset: quote.offset) }
  if let word { words.append(word) }
  return words
}
