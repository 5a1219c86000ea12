// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting

/// How high the scores of a recording rose, where keywords are spoken and where none is: what a
/// threshold has to tell apart.
///
/// A peak is the highest threshold at which a keyword could still have fired: the score has to be
/// there for as many columns as the decision asks. Refractory time is not looked at.
package struct ScorePeaks: Equatable, Sendable {
  /// The peak of a word's own keyword, where a detection counts for it.
  package struct Word: Equatable, Sendable {
    package var word: TruthWord
    package var peak: Float
  }

  /// One per keyword of the truth, by their starts.
  package var words: [Word] = []

  /// One per second in which no detection counts for a word: the highest peak of all keywords.
  package var rest: [Float] = []

  package init() {}

  /// Both recordings' peaks.
  package static func + (a: ScorePeaks, b: ScorePeaks) -> ScorePeaks {
    var sum = a
    sum.words += b.words
    sum.rest += b.rest
    return sum
  }
}

extension PosteriorTrace {
  /// - Parameter truth: the words that are spoken; those that are no keywords are other speech.
  package func peaks(truth: [TruthWord] = []) -> ScorePeaks {
    let labels = plan.labels
    let keywords = labels.indices.filter { plan.decision.thresholds[$0].isFinite }
    let words = truth.filter { word in keywords.contains { labels[$0] == word.label } }
      .sorted { ($0.start, $0.end) < ($1.start, $1.end) }
    let heights = keywords.map { self.heights(of: $0) }
    let columnCount = posteriors.count / labels.count
    let second = Double(SpottingPlan.sampleRate)
    let times = (0..<columnCount).map { Double(plan.lastSample(ofColumn: $0)) / second }
    var peaks = ScorePeaks()
    var isWord = [Bool](repeating: false, count: columnCount)
    for word in words {
      let end = word.end + StreamScore.grace
      let first = times.partitionIndex { $0 >= word.start }
      let columns = first..<max(first, times.partitionIndex { $0 > end })
      let own = heights[keywords.firstIndex { labels[$0] == word.label }!]
      peaks.words.append(ScorePeaks.Word(word: word, peak: own[columns].max() ?? 0))
      for column in columns { isWord[column] = true }
    }
    // Seconds that a word reaches into count for neither.
    for second in 0..<Int(seconds) {
      let first = times.partitionIndex { $0 >= Double(second) }
      let columns = first..<times.partitionIndex { $0 >= Double(second + 1) }
      guard !columns.isEmpty, !columns.contains(where: { isWord[$0] }) else { continue }
      peaks.rest.append(heights.reduce(0) { max($0, $1[columns].max() ?? 0) })
    }
    return peaks
  }

  /// Per column the highest threshold at which a label could fire, as `KeywordDecider` has it.
  private func heights(of label: Int) -> [Float] {
    let labelCount = plan.labels.count
    let columnCount = posteriors.count / labelCount
    let length = plan.decision.smoothingColumnCount
    let scores = (0..<columnCount).map { column in
      var sum: Float = 0
      for earlier in max(0, column - length + 1)...column {
        sum += posteriors[earlier * labelCount + label]
      }
      return sum / Float(length)
    }
    let (warmUp, count) = (plan.decision.warmUpColumnCount, plan.decision.minimumCount)
    return (0..<columnCount).map { column in
      column + 1 < max(warmUp, count) ? 0 : scores[(column - count + 1)...column].min() ?? 0
    }
  }
}

extension [Double] {
  /// The first index from which on `belongs` holds, in an array in which it then holds to the end.
  fileprivate func partitionIndex(_ belongs: (Double) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
