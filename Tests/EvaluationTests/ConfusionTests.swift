// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import Testing

@Suite struct ConfusionTests {
  @Test func `accuracy and confusion count what was added`() {
    var confusion = Confusion(labels: ["a", "b", "c"])
    for (truth, decision) in [(0, 0), (0, 1), (1, 1), (2, 0), (2, 0), (2, 2)] {
      confusion.add(truth: truth, decision: decision)
    }
    #expect(confusion.counts == [[1, 1, 0], [0, 1, 0], [2, 0, 1]])
    #expect(confusion.clipCount == 6)
    #expect(confusion.correctCount == 3)
    #expect(confusion.accuracy == 0.5)
    #expect(confusion.interval == WilsonInterval(correct: 3, total: 6))
  }

  @Test func `of equal posteriors the first decides, and the score is that of the clip's class`() {
    let clip = ClipFolder.Clip(path: "x", label: 2)
    let outcome = ClipOutcome(clip: clip, posteriors: [0.375, 0.375, 0.25])
    #expect(outcome.decision == 0 && !outcome.isRight && outcome.score == 0.25)
    let confusion = Confusion(labels: ["a", "b", "c"], outcomes: [outcome])
    #expect(confusion.counts[2] == [1, 0, 0])
  }

  @Test func `a class that is left out keeps what was taken for it`() {
    var confusion = Confusion(labels: ["a", "b"])
    for (truth, decision) in [(0, 0), (0, 1), (1, 1), (1, 0)] {
      confusion.add(truth: truth, decision: decision)
    }
    #expect(confusion.withoutClips(of: "b").counts == [[1, 1], [0, 0]])
    #expect(confusion.withoutClips(of: "c") == confusion)
    #expect(confusion.exactInterval == ClopperPearsonInterval(count: 2, total: 4))
  }

  @Test func `without clips the accuracy is 0 and the interval says nothing`() {
    let confusion = Confusion(labels: ["a", "b"])
    #expect(confusion.counts == [[0, 0], [0, 0]])
    #expect(confusion.accuracy == 0)
    #expect(confusion.interval.low == 0 && confusion.interval.high == 1)
  }
}
