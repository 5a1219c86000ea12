// SPDX-License-Identifier: GPL-3.0-or-later

/// A detection as the scoring sees it.
package struct ScoredDetection: Equatable, Sendable {
  /// Seconds from the start of the recording to the last sample that the decision knew.
  package var time: Double
  package var label: String

  /// The score that reached the threshold.
  package var score: Float

  package init(time: Double, label: String, score: Float) {
    self.time = time
    self.label = label
    self.score = score
  }
}

/// Detections of one recording against the truth, by the rule of the document "Scoring streams":
///
/// - a detection counts for a word of its label if its time lies between the word's start and one
///   second after its end, both included; if it could count for several it counts for the earliest
///   that has none yet, else it is a duplicate of the latest;
/// - a word with a detection is a hit, whose latency is the time from the word's end; any other a miss;
/// - further detections of a word are duplicates: neither hits nor false alarms;
/// - every other detection is a false alarm.
///
/// Words that are no keyword of the model are other speech: nothing is expected there, and a detection
/// there is a false alarm.
package struct StreamScore: Equatable, Sendable {
  /// Seconds after a word's end in which a detection still counts for it.
  package static let grace = 1.0

  package var hits: [Hit] = []
  package var misses: [TruthWord] = []
  package var falseAlarms: [ScoredDetection] = []
  package var duplicateCount = 0

  /// All words that are expected, in the order in which they were spoken, one recording after the other,
  /// and whether each was hit: what another model did with them is at the same places.
  package var words: [TruthWord] = []
  package var wordsHit: [Bool] = []

  /// A word that was detected.
  package struct Hit: Equatable, Sendable {
    package var word: TruthWord
    package var detection: ScoredDetection

    /// Seconds from the word's end to the detection; negative where it came before.
    package var latency: Double { detection.time - word.end }
  }

  package init() {}

  /// - Parameters:
  ///   - detections: in any order.
  ///   - keywords: what the model can detect; other words of the truth are not expected.
  package init(detections: [ScoredDetection], truth: [TruthWord], keywords: Set<String>) {
    let words = truth.filter { keywords.contains($0.label) }
      .sorted { ($0.start, $0.end, $0.label) < ($1.start, $1.end, $1.label) }
    var detectionOfWord = [ScoredDetection?](repeating: nil, count: words.count)
    for detection in detections.sorted(by: { $0.time < $1.time }) {
      let candidates = words.indices.filter { index in
        let word = words[index]
        return word.label == detection.label && word.start <= detection.time
          && detection.time <= word.end + Self.grace
      }
      if let free = candidates.first(where: { detectionOfWord[$0] == nil }) {
        detectionOfWord[free] = detection
      } else if candidates.isEmpty {
        falseAlarms.append(detection)
      } else {
        duplicateCount += 1
      }
    }
    self.words = words
    wordsHit = detectionOfWord.map { $0 != nil }
    for (word, detection) in zip(words, detectionOfWord) {
      if let detection {
        hits.append(Hit(word: word, detection: detection))
      } else {
        misses.append(word)
      }
    }
  }

  /// Both recordings' scores.
  package static func + (a: StreamScore, b: StreamScore) -> StreamScore {
    var sum = a
    sum.hits += b.hits
    sum.misses += b.misses
    sum.falseAlarms += b.falseAlarms
    sum.duplicateCount += b.duplicateCount
    sum.words += b.words
    sum.wordsHit += b.wordsHit
    return sum
  }

  package var wordCount: Int { hits.count + misses.count }

  /// Part of the words that were missed; 0 where there were none.
  package var missRate: Double { Double(misses.count) / Double(max(wordCount, 1)) }
}
