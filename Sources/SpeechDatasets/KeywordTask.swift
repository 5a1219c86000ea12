// SPDX-License-Identifier: GPL-3.0-or-later

/// The classes that a network learns: keywords, silence and every other word.
///
/// Silence and unknown words are a tenth of the keyword clips each, as in the 12-class protocol of
/// Speech Commands (P. Warden, arXiv 1804.03209).
package struct KeywordTask: Equatable, Sendable {
  package static let silenceLabel = "_silence_"
  package static let unknownLabel = "_unknown_"

  /// The words to be told apart, in the order of the network's outputs.
  package let keywords: [String]

  /// - Throws: `DatasetError.badKeywords` where a keyword is empty, repeated, a reserved label, or
  ///   holds a control character, which no model may carry.
  package init(keywords: [String]) throws(DatasetError) {
    let reserved = [Self.silenceLabel, Self.unknownLabel, LogMelSet.noiseWord, ""]
    guard !keywords.isEmpty, Set(keywords).count == keywords.count,
      keywords.allSatisfy({ !reserved.contains($0) }),
      !keywords.contains(where: {
        $0.unicodeScalars.contains { $0.properties.generalCategory == .control }
      })
    else { throw .badKeywords(keywords) }
    self.keywords = keywords
  }

  /// All labels: keywords, then silence, then unknown.
  package var labels: [String] { keywords + [Self.silenceLabel, Self.unknownLabel] }

  /// Output of the class silence.
  package var silenceIndex: Int { keywords.count }

  /// Output of the class of all other words.
  package var unknownIndex: Int { keywords.count + 1 }

  /// Clips of silence, and of unknown words, beside `keywordClipCount` clips of keywords.
  package func rejectCount(keywordClipCount: Int) -> Int { max(1, keywordClipCount / 10) }
}
