// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import KeywordSpotting
import ModelFormat
import Storage
import StreamSpotting
import Testing

/// A new spotter takes over in the middle of recorded speech, with the built-in model.
@Suite struct TakeOverTests {
  private let model: QuantizedModel
  private let samples: [Float]

  init() throws {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    model = try QuantizedModel(reading: File.read("/" + root + "/models/default.safetensors"))
    // A person naming loudspeakers, from Debian's package alsa-utils.
    let names = [
      "Front_Left", "Rear_Right", "Noise", "Side_Left", "Front_Center", "Side_Right", "Rear_Left",
    ]
    samples = try names.flatMap { name in
      try readWholeClip("/usr/share/sounds/alsa/\(name).wav") + [Float](repeating: 0, count: 8_011)
    }
  }

  private func plan(threshold: Float? = nil, nearMissRatio: Float? = nil) throws -> SpottingPlan {
    var detection = model.detection
    if let threshold {
      detection.defaultThreshold = threshold
      detection.thresholds = [:]
    }
    return try SpottingPlan(model: model, detection: detection, nearMissRatio: nearMissRatio)
  }

  /// The detections of all samples, where `second` takes over from `first` at one of them.
  private func detections(
    _ first: SpottingPlan, _ second: SpottingPlan? = nil, at index: Int = .max,
    from origin: Int = 0
  ) throws -> [Detection] {
    var line = SpottingLine(plan: first, keepsRecentSamples: true)
    var source = Pieces(samples, origin: origin, cut: index)
    var found: [Detection] = []
    while true {
      if line.position - origin == index, let second, line.plan !== second {
        line.replaceSpotter(plan: second)
      }
      switch try line.step(&source) {
      case .detection(let detection): found.append(detection)
      case .end: return found
      default: continue
      }
    }
  }

  @Test func `the same plan goes on as if nothing had happened`() throws {
    let (first, second) = (try plan(nearMissRatio: 0.3), try plan(nearMissRatio: 0.3))
    let expected = try detections(first)
    #expect(expected.filter { !$0.isNearMiss }.map(\.label).contains("left"))
    #expect(expected.filter { !$0.isNearMiss }.map(\.label).contains("right"))
    #expect(expected.contains { $0.isNearMiss })
    #expect(
      (first.memoryColumnCount + first.decision.smoothingColumnCount) * first.columnLength
        < RecentSamples.length)
    for index in stride(from: 777, to: samples.count, by: 5_003) {
      #expect(try detections(first, second, at: index) == expected, "\(index)")
    }
    // At the very decision, and a sample to either side.
    for at in expected.map(\.at) {
      for index in at..<at + 3 {
        #expect(try detections(first, second, at: index) == expected, "\(index)")
      }
    }
  }

  @Test func `a stream that restarted is taken over on its own time line`() throws {
    let (first, second) = (try plan(), try plan())
    let expected = try detections(first, from: 1_000_003)
    #expect(!expected.isEmpty && expected[0].at > 1_000_003)
    for index in [100, 40_000, 120_001] {
      #expect(try detections(first, second, at: index, from: 1_000_003) == expected)
    }
  }

  @Test func `a lower threshold loses no word that is being spoken`() throws {
    let (deaf, hearing) = (try plan(threshold: 1), try plan())
    let expected = try detections(hearing)
    #expect(try detections(deaf).isEmpty)
    for detection in expected {
      for lead in [20_000, 4_800, 1_600, 320, 1] {
        let found = try detections(deaf, hearing, at: detection.at - lead)
        #expect(found == expected.filter { $0.at >= detection.at }, "\(detection) \(lead)")
      }
      // The threshold was reached 20 ms ago: the word is still there.
      let late = try detections(deaf, hearing, at: detection.at + 321)
      #expect(late.first?.label == detection.label)
      #expect(try #require(late.first).at - detection.at < 1_000)
    }
  }

  @Test func `what was reported is not reported again`() throws {
    let (first, lower) = (try plan(), try plan(threshold: 0.3))
    let expected = try detections(first)
    for detection in expected {
      for lag in [1, 320, 1_600, 8_000] {
        let found = try detections(first, lower, at: detection.at + lag)
        let near = found.filter { abs($0.at - detection.at) < 12_000 }
        #expect(near == [detection], "\(detection) \(lag)")
      }
    }
  }
}
