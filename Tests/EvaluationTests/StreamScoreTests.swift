// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Testing

/// The worked examples of the document "Scoring streams", counted by hand.
@Suite struct StreamScoreTests {
  private func score(_ detections: [(Double, String)], _ truth: [(Double, Double, String)])
    -> StreamScore
  {
    StreamScore(
      detections: detections.map { ScoredDetection(time: $0.0, label: $0.1, score: 1) },
      truth: truth.map { TruthWord(start: $0.0, end: $0.1, label: $0.2) },
      keywords: ["yes", "no"])
  }

  private func counts(_ score: StreamScore) -> [Int] {
    [score.hits.count, score.misses.count, score.falseAlarms.count, score.duplicateCount]
  }

  @Test func `a detection counts from the word's start to one second after its end`() {
    for (time, expected) in [
      (0.99, [0, 1, 1, 0]), (1.0, [1, 0, 0, 0]), (1.7, [1, 0, 0, 0]), (2.5, [1, 0, 0, 0]),
      (2.51, [0, 1, 1, 0]),
    ] {
      #expect(counts(score([(time, "yes")], [(1, 1.5, "yes")])) == expected, "\(time)")
    }
  }

  @Test func `further detections of a word are duplicates`() {
    let result = score([(1.6, "yes"), (1.9, "yes"), (2.4, "yes")], [(1, 1.5, "yes")])
    #expect(counts(result) == [1, 0, 0, 2])
    #expect(abs(result.hits[0].latency - 0.1) < 1e-9)
  }

  @Test func `another word's detection is a false alarm and the word a miss`() {
    #expect(counts(score([(1.6, "no")], [(1, 1.5, "yes")])) == [0, 1, 1, 0])
  }

  @Test func `two words close together take one detection each, the earlier first`() {
    let truth = [(1.0, 1.5, "yes"), (2.0, 2.5, "yes")]
    // At 2.2 s both words could be meant.
    #expect(counts(score([(2.2, "yes")], truth)) == [1, 1, 0, 0])
    #expect(score([(2.2, "yes")], truth).misses.map(\.start) == [2.0])
    #expect(counts(score([(2.2, "yes"), (2.3, "yes")], truth)) == [2, 0, 0, 0])
    // At 3 s only the second can be; the first has its own already.
    #expect(counts(score([(1.6, "yes"), (3, "yes"), (3.2, "yes")], truth)) == [2, 0, 0, 1])
  }

  @Test func `nothing is expected of other speech, and a detection there is a false alarm`() {
    #expect(counts(score([], [(1, 1.5, "marvin")])) == [0, 0, 0, 0])
    #expect(counts(score([(1.6, "yes")], [(1, 1.5, "marvin")])) == [0, 0, 1, 0])
  }

  @Test func `the order of detections and words does not matter`() {
    let detections = [(5.0, "no"), (1.6, "yes"), (9, "yes"), (2.2, "yes")]
    let truth = [(4.0, 4.6, "no"), (2.0, 2.4, "yes"), (1.0, 1.5, "yes")]
    let result = score(detections, truth)
    #expect(result == score(detections.reversed(), truth.reversed()))
    #expect(counts(result) == [3, 0, 1, 0])
  }

  @Test func `scores of recordings add up`() {
    let sum =
      score([(1.6, "yes")], [(1, 1.5, "yes")]) + score([(3, "no")], [(1, 1.5, "yes")])
    #expect(counts(sum) == [1, 1, 1, 0])
    #expect(sum.missRate == 0.5)
  }
}

@Suite struct TruthFileTests {
  private func words(_ text: String) throws -> [TruthWord] {
    try TruthFile.words(text, path: "t.tsv")
  }

  @Test func `lines of start, end and word are read, with Audacity's extras`() throws {
    let text = "start\tend\tword\n2.5\t3\tno\r\n\\\t100\t200\n\n0\t0.75\tyes\n"
    #expect(
      try words(text) == [
        TruthWord(start: 0, end: 0.75, label: "yes"), TruthWord(start: 2.5, end: 3, label: "no"),
      ])
    #expect(try words("").isEmpty)
  }

  @Test(
    arguments: [
      ("1\t2\n", 1, "start, end and label with tabs between them", "1\t2"),
      ("0\t1\tyes\nx\t2\tno\n", 2, "a start in seconds", "x"),
      ("-1\t2\tno\n", 1, "a start in seconds", "-1"),
      ("3\t2\tno\n", 1, "an end in seconds, not before the start", "2"),
      ("1\tinf\tno\n", 1, "an end in seconds, not before the start", "inf"),
      ("1\t2\t\n", 1, "a label", "none"),
    ])
  func `a wrong line is told with what was expected`(
    text: String, line: Int, expected: String, found: String
  ) {
    #expect {
      try words(text)
    } throws: { error in
      guard case .truth("t.tsv", line, expected, found) = error as? EvaluationError else {
        return false
      }
      return true
    }
  }
}
