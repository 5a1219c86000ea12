// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Testing

/// Paired comparisons and groups, against values worked out by hand.
@Suite struct PairedComparisonTests {
  /// `both`, only the first, only the second, and neither right.
  private func pairs(_ both: Int, _ first: Int, _ second: Int, _ neither: Int) -> PairedComparison {
    func results(_ a: Bool, _ b: Bool, _ c: Bool, _ d: Bool) -> [Bool] {
      [Bool](repeating: a, count: both) + [Bool](repeating: b, count: first)
        + [Bool](repeating: c, count: second) + [Bool](repeating: d, count: neither)
    }
    return PairedComparison(
      first: results(true, true, false, false), second: results(true, false, true, false))
  }

  /// Twice the probability of at most so many heads, in tosses of a coin.
  private static let splits: [(Int, Int, Double)] = [
    // 2 * (1 + 10) / 2^10: at most one of ten on one side.
    (9, 1, 0.021484375), (1, 9, 0.021484375),
    // 2 / 2^5, 2 * (1 + 6) / 2^6.
    (5, 0, 0.0625), (1, 5, 0.21875),
    // Even splits and no pairs that differ say nothing.
    (4, 4, 1), (0, 0, 1), (0, 1, 1), (3, 2, 1),
    // 2 * (1 + 15 + 105 + 455) / 2^15.
    (3, 12, 0.03515625),
  ]

  @Test(arguments: splits)
  func `the exact test counts coin tosses`(first: Int, second: Int, expected: Double) {
    let probability = pairs(50, first, second, 7).probability
    #expect(abs(probability - expected) < 1e-12, "\(probability)")
    #expect(PairedComparison.evenSplit(first, second) == probability)
  }

  @Test func `the difference has the interval of Bonett and Price`() {
    // 10 / 102 less 2 / 102, and 1.96 times the root of (12 / 102 - (8 / 102)^2) / 102.
    let result = pairs(80, 9, 1, 10)
    #expect(result.pairCount == 100)
    #expect(abs(result.difference - 0.08) < 1e-12)
    #expect(abs(result.interval.low - 0.013631) < 1e-5, "\(result.interval)")
    #expect(abs(result.interval.high - 0.143231) < 1e-5, "\(result.interval)")
  }

  @Test func `swapped models have the mirrored difference`() {
    let (one, other) = (pairs(5, 7, 2, 3), pairs(5, 2, 7, 3))
    #expect(one.difference == -other.difference && one.probability == other.probability)
    #expect(one.interval.low == -other.interval.high && one.interval.high == -other.interval.low)
  }

  @Test func `nothing compared is no difference, and intervals stay within one`() {
    let none = pairs(0, 0, 0, 0)
    #expect(none.difference == 0 && none.probability == 1)
    #expect(none.interval.low == -1 && none.interval.high == 1)
  }

  @Test func `many pairs keep the test exact`() {
    // The normal approximation gives 2 * (1 - Phi(99 / sqrt(1000))), with its correction.
    #expect(abs(PairedComparison.evenSplit(450, 550) - 0.00173) < 0.0001)
    #expect(PairedComparison.evenSplit(0, 2_000) < 1e-300)
  }

  @Test func `the worst group comes first, small ones and those without a group are left out`() {
    let results: [(key: String?, isCorrect: Bool)] =
      [("a", true), ("a", false), ("b", true), ("b", true), ("c", false), (nil, false)]
      + [("d", true), ("d", false), ("d", true), ("d", false)]
    let groups = GroupScore.worst(GroupScore.groups(results), minimumCount: 2)
    #expect(groups.map(\.key) == ["d", "a", "b"])
    #expect(groups.map(\.correctCount) == [2, 1, 2] && groups.map(\.totalCount) == [4, 2, 2])
    #expect(GroupScore.worst(groups, minimumCount: 5).isEmpty)
  }

  @Test func `a speaker is what stands before nohash in a name`() {
    #expect(Speaker.of(path: "clips/yes/0a7c2a8d_nohash_0.wav") == "0a7c2a8d")
    for path in ["clips/yes/a.wav", "", "yes_nohash_1/a.wav", "x/_nohash_0.wav"] {
      #expect(Speaker.of(path: path) == nil, "\(path)")
    }
  }

  @Test func `intervals of several groups together are those of a smaller tail`() {
    // 0 of 10: 1 - (0.025 / 5)^(1 / 10).
    let one = ClopperPearsonInterval(count: 0, total: 10, oneOf: 5)
    #expect(one.low == 0 && abs(one.high - 0.411297) < 1e-5, "\(one.high)")
    #expect(
      ClopperPearsonInterval(count: 3, total: 10, oneOf: 1)
        == ClopperPearsonInterval(count: 3, total: 10))
  }

  @Test func `a truth may tell the signal-to-noise ratio of a word`() throws {
    let words = try TruthFile.words("0\t1\tyes\t-3.5\n2\t3\tno\t\n4\t5\tno\n", path: "x")
    #expect(words.map(\.signalToNoiseDecibels) == [-3.5, nil, nil])
    for wrong in ["0\t1\tyes\tloud", "0\t1\tyes\tnan", "0\t1\tyes\t1\t2", "0\t1\tyes\tinf"] {
      #expect(throws: EvaluationError.self, "\(wrong)") {
        try TruthFile.words(wrong + "\n", path: "x")
      }
    }
  }

  @Test func `a score keeps every word and whether it was hit, recording after recording`() {
    func score(_ detections: [Double]) -> StreamScore {
      StreamScore(
        detections: detections.map { ScoredDetection(time: $0, label: "yes", score: 1) },
        truth: [
          TruthWord(start: 9, end: 9.5, label: "yes"), TruthWord(start: 5, end: 6, label: "other"),
          TruthWord(start: 1, end: 1.5, label: "yes"),
        ], keywords: ["yes"])
    }
    let sum = score([1.6]) + score([9.6])
    #expect(sum.wordsHit == [true, false, false, true])
    #expect(sum.words.map(\.start) == [1, 9, 1, 9])
  }
}
