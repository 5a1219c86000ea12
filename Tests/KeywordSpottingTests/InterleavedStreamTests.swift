// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import KeywordSpotting
import Testing
import ToneModel

@Suite struct InterleavedStreamTests {
  private static let length = 48_000

  /// Three seconds with up to three tones at random places.
  private static func samples(
    _ generator: inout some RandomNumberGenerator
  ) -> [Float] {
    let tones = (0..<Int.random(in: 0...3, using: &generator)).map { _ in
      let start = Int.random(in: 0..<length, using: &generator)
      let end = start + Int.random(in: 500...12_000, using: &generator)
      return (start..<end, frequency: Bool.random(using: &generator) ? 400.0 : 2_400)
    }
    return signal(length, tones)
  }

  @Test func `a thousand interleaved streams of one plan each hear what they hear alone`() throws {
    let plan = try SpottingPlan(model: toneModel(), nearMissRatio: 0.3)
    var generator = CounterBasedGenerator(seed: 6, stream: 1)
    let sounds = (0..<50).map { _ in Self.samples(&generator) }
    let expected = sounds.map { sound in
      var spotter = KeywordSpotter(plan: plan)
      return detections(&spotter, sound)
    }
    #expect(expected.count { !$0.isEmpty } > 20)
    #expect(expected.joined().contains { $0.isNearMiss })
    let streams = (0..<1_000).map { _ in SpottedStream(plan: plan) }
    var waiting = Array(streams.indices)
    while !waiting.isEmpty {
      let turn = Int.random(in: waiting.indices, using: &generator)
      let index = waiting[turn]
      let stream = streams[index]
      let sound = sounds[index % sounds.count]
      let count = Int.random(in: 1...(index % 7 == 0 ? 700 : 12_000), using: &generator)
      let end = min(stream.position + count, sound.count)
      stream.hear(Array(sound[stream.position..<end]))
      if end == sound.count { waiting.swapAt(turn, waiting.count - 1) }
      if end == sound.count { waiting.removeLast() }
    }
    for (index, stream) in streams.enumerated() {
      #expect(stream.found == expected[index % sounds.count], "stream \(index)")
    }
  }

  @Test func `random pieces never change what is detected, nor does a reset in between`() throws {
    let plan = try SpottingPlan(model: toneModel(), nearMissRatio: 0.3)
    var generator = CounterBasedGenerator(seed: 6, stream: 2)
    var spotter = KeywordSpotter(plan: plan)
    var detectionCount = 0
    for turn in 0..<60 {
      let sound = Self.samples(&generator)
      var whole = KeywordSpotter(plan: plan)
      let expected = detections(&whole, sound)
      let longest = [1, 3, 160, 511, 5_000, 20_000][turn % 6]
      let pieces = (0..<97).map { _ in Int.random(in: 1...longest, using: &generator) }
      #expect(detections(&spotter, sound, pieces: pieces) == expected, "turn \(turn)")
      detectionCount += expected.count
      spotter.reset()
    }
    #expect(detectionCount > 30)
  }
}

/// One of many streams, with what it has detected.
private final class SpottedStream {
  private var spotter: KeywordSpotter
  private(set) var position = 0
  private(set) var found: [Detection] = []

  init(plan: SpottingPlan) { spotter = KeywordSpotter(plan: plan) }

  func hear(_ samples: [Float]) {
    found += detections(&spotter, samples)
    position += samples.count
  }
}
