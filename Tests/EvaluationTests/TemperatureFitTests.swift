// SPDX-License-Identifier: GPL-3.0-or-later

import Evaluation
import ModelFormat
import Testing

/// Scores as probabilities on a stated prior, against cases solved by hand.
@Suite struct TemperatureFitTests {
  /// Three clips in four of each label are right, each with `score` for what it is taken for.
  private func fit(score: Float, repeats: [Int] = [1, 1]) -> TemperatureFit {
    var fit = TemperatureFit()
    for label in 0..<2 {
      for _ in 0..<repeats[label] {
        for decision in [label, label, label, 1 - label] {
          var posteriors = [1 - score, 1 - score]
          posteriors[decision] = score
          fit.add(posteriors: posteriors, label: label)
        }
      }
    }
    return fit
  }

  @Test func `a model that says 0.8 and is right in three of four is cooled to 0.75`() throws {
    let fit = fit(score: 0.8)
    // sigmoid(ln 4 / T) = 3 / 4, so T = ln 4 / ln 3.
    #expect(abs(try #require(fit.temperature()) - 1.261860) < 1e-5)
    let calibration = try #require(fit.calibration(labels: ["a", "b"]))
    // -(3/4 ln 0.8 + 1/4 ln 0.2) and the entropy of 3/4.
    #expect(abs(calibration.logLossBefore - 0.569717) < 1e-6)
    #expect(abs(calibration.logLossAfter - 0.562335) < 1e-6)
    #expect(calibration.prior == ["a": 0.5, "b": 0.5] && calibration.clipCount == 8)
  }

  @Test func `a model that says 0.6 is sharpened, one that says 0.75 is left alone`() throws {
    // ln 1.5 / ln 3 and 1.
    #expect(abs(try #require(fit(score: 0.6).temperature()) - 0.369070) < 1e-5)
    #expect(abs(try #require(fit(score: 0.75).temperature()) - 1) < 1e-5)
  }

  @Test func `labels count alike, however many clips they have`() throws {
    var even = fit(score: 0.8)
    var uneven = fit(score: 0.8, repeats: [1, 50])
    // Clips that would pull a plain mean, all of one label.
    for _ in 0..<4 { even.add(posteriors: [0.99, 0.01], label: 0) }
    for _ in 0..<4 { uneven.add(posteriors: [0.99, 0.01], label: 0) }
    let (one, other) = (try #require(even.temperature()), try #require(uneven.temperature()))
    #expect(abs(one - other) < 1e-6)
  }

  @Test func `without clips there is none, and without mistakes the least`() throws {
    #expect(TemperatureFit().temperature() == nil)
    #expect(TemperatureFit().calibration(labels: []) == nil)
    var perfect = TemperatureFit()
    perfect.add(posteriors: [0.9, 0.1], label: 0)
    perfect.add(posteriors: [0, 1], label: 1)
    #expect(abs(try #require(perfect.temperature()) - 0.05) < 1e-6)
  }
}
