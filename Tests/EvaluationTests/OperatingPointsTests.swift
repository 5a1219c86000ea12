// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Evaluation
import KeywordSpotting
import ModelFormat
import Testing
import ToneModel

/// Counting operating points, and choosing one for a target.
@Suite struct OperatingPointsTests {
  /// 24 hours, so that a count is a number per day.
  private func points(
    _ alarms: [Int], _ misses: [Int], confusions: [Int] = [0, 0, 0, 0], hours: Double = 24
  ) -> OperatingPoints {
    OperatingPoints(
      thresholds: [0.2, 0.4, 0.6, 0.8], backgroundSeconds: 3600 * hours,
      keywords: [
        "yes": .init(
          wordCount: 20, missCounts: misses, confusionCounts: confusions, falseAlarmCounts: alarms)
      ],
      recordingsDigest: "")
  }

  @Test func `a target is proven by the upper end of the interval, not by the count`() throws {
    let points = points([9, 2, 1, 0], [0, 1, 2, 3])
    // The upper ends for 9, 2, 1 and 0: 17.08, 7.22, 5.57 and 3.69 (Garwood's table).
    for (target, threshold, isProven) in [
      (17.1, 0.2, true), (17.0, 0.4, true), (7.2, 0.6, true), (5.5, 0.8, true), (3.69, 0.8, true),
      (3.68, 0.4, false), (1, 0.6, false), (0.5, 0.8, false),
    ] as [(Double, Float, Bool)] {
      let choice = try #require(points.choice(of: "yes", falseAlarmsPerDay: target))
      #expect(choice.threshold == threshold && choice.isProven == isProven, "\(target)")
    }
    #expect(points.choice(of: "no", falseAlarmsPerDay: 10) == nil)
  }

  @Test func `the search from the highest threshold down stops where the bound first fails`() throws
  {
    // Below 0.6, which fails, 0.4 would hold: by luck, as far as one can know.
    let choice = try #require(
      points([9, 0, 9, 0], [0, 1, 2, 3]).choice(of: "yes", falseAlarmsPerDay: 4))
    #expect(choice.threshold == 0.8 && choice.isProven)
  }

  @Test func `of the proven thresholds the one that misses fewest is taken, of equals the highest`()
    throws
  {
    let choice = try #require(
      points([3, 2, 1, 0], [5, 1, 1, 4]).choice(of: "yes", falseAlarmsPerDay: 10))
    #expect(choice.threshold == 0.6 && choice.missCount == 1 && choice.falseAlarmCount == 1)
    let interval = try #require(choice.missInterval)
    // 1 of 20, from the tables of Clopper and Pearson.
    #expect(abs(interval.low - 0.00127) < 1e-5 && abs(interval.high - 0.24873) < 1e-5)
  }

  @Test func `a keyword that fires at other words too is held back`() throws {
    let choice = try #require(
      points([3, 2, 1, 0], [0, 1, 2, 4], confusions: [9, 2, 0, 0])
        .choice(of: "yes", falseAlarmsPerDay: 10))
    // Errors 9, 3, 2 and 4.
    #expect(choice.threshold == 0.6 && choice.missCount == 2 && choice.confusionCount == 0)
  }

  @Test
  func `a keyword of which no word was heard keeps the model's threshold, or a proven one above`()
    throws
  {
    var points = points([9, 2, 1, 0], [0, 0, 0, 0], confusions: [9, 5, 2, 0])
    points.keywords["yes"]?.wordCount = 0
    for (own, target, threshold) in [(0.4, 17.1, 0.4), (0.35, 17.1, 0.4), (0.4, 5.6, 0.6)]
      as [(
        Float, Double, Float
      )]
    {
      let choice = points.choice(of: "yes", falseAlarmsPerDay: target, own: own)
      #expect(
        choice?.threshold == threshold && choice?.isProven == true && choice?.missInterval == nil)
    }
  }

  @Test func `where the highest threshold rings too often it is taken and not proven`() throws {
    let choice = try #require(
      points([9, 9, 9, 8], [0, 0, 0, 0]).choice(of: "yes", falseAlarmsPerDay: 2))
    #expect(choice.threshold == 0.8 && !choice.isProven && choice.falseAlarmsPerDay == 8)
  }

  @Test func `one per day takes 89 hours without a false alarm`() {
    #expect(abs(OperatingPoints.hoursNeeded(falseAlarmsPerDay: 1) - 88.533) < 0.001)
    // Those hours support it, an hour less does not.
    for (hours, isProven) in [(88.54, true), (87.5, false)] {
      let choice = points([0, 0, 0, 0], [0, 0, 0, 0], hours: hours)
        .choice(of: "yes", falseAlarmsPerDay: 1)
      #expect(choice?.isProven == isProven)
    }
  }

  /// Samples in memory.
  private struct Samples: ~Copyable, AudioSource {
    let samples: [Float]
    var position = 0

    mutating func read(into room: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece {
      let count = min(room.count, samples.count - position)
      for index in 0..<count { room[index] = samples[position + index] }
      position += count
      return count == 0 ? .end : .samples(count)
    }
  }

  private func trace(_ samples: [Float], tailLength: Int = 0) throws -> PosteriorTrace {
    var source = Samples(samples: samples)
    return try PosteriorTrace(
      &source, plan: try SpottingPlan(model: toneModel()), tailLength: tailLength)
  }

  @Test func `tones are counted as words where they are said and as false alarms elsewhere`() throws
  {
    let model = toneModel()
    var count = OperatingCount(
      labels: model.labels, keywords: model.keywords, thresholds: [0.6, 0.7])
    let tones = signal(
      80_000, [(20_000..<27_000, 400), (50_000..<57_000, 2_400)])
    count.add(
      try trace(tones),
      truth: [
        TruthWord(start: 1.25, end: 1.7, label: "low"), TruthWord(start: 4, end: 4.4, label: "low"),
        TruthWord(start: 3.125, end: 3.6, label: "high"),
      ])
    count.add(background: try trace(signal(64_000, [(30_000..<37_000, 400)])))
    // The second low is not there.
    #expect(count.curves["low"]?.wordCount == 2 && count.curves["high"]?.wordCount == 1)
    #expect(count.curves["low"]?.missCounts == [1, 1])
    #expect(count.curves["high"]?.missCounts == [0, 0])
    // Each tone fires once, where a word of its own is.
    #expect(count.curves["low"]?.confusionCounts == [0, 0])
    #expect(count.curves["low"]?.falseAlarmCounts == [1, 1])
    #expect(count.curves["high"]?.falseAlarmCounts == [0, 0])
    // Four seconds, less the first 97 frames of 10 ms, in columns of two frames.
    #expect(abs(count.backgroundSeconds - 3.0) < 0.06, "\(count.backgroundSeconds)")
    #expect(count.points(recordingsDigest: "a").thresholds == [0.6, 0.7])
  }

  @Test func `a keyword alone is detected as beside the others that are silent`() throws {
    let trace = try trace(signal(80_000, [(20_000..<27_000, 400)]))
    let alone = trace.detections(of: 0, thresholds: [0.6, 0.7])
    #expect(alone[0] == trace.detections(threshold: 0.6) && !alone[0].isEmpty)
    #expect(alone[1] == trace.detections(threshold: 0.7))
  }
}
