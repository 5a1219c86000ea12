// SPDX-License-Identifier: GPL-3.0-or-later

import KeywordSpotting
import Testing

struct EnergyHistoryTests {
  private func history() -> EnergyHistory {
    EnergyHistory(
      sampleRate: 16_000, cellLength: 160, windowLength: 15_872, lookAheadLength: 6_000)
  }

  /// Noise of amplitude `floor` with louder noise in each of `bursts`.
  private func signal(
    _ count: Int, floor: Float, _ bursts: [(Range<Int>, Float)], seed: UInt64 = 1
  ) -> [Float] {
    var state = seed
    return (0..<count).map { index in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let noise = Float(Int32(truncatingIfNeeded: state >> 32)) / 2_147_483_648
      let amplitude = bursts.first { $0.0.contains(index) }?.1 ?? floor
      return noise * amplitude
    }
  }

  @Test(arguments: [0, 0.001, 0.003, 0.02] as [Float])
  func `a sharp burst 20 dB over the noise is found within one cell`(floor: Float) {
    for (index, start) in stride(from: 4_000, to: 9_000, by: 617).enumerated() {
      let burst = start..<start + 3_200 + 300 * index
      var history = history()
      history.push(signal(16_000, floor: floor, [(burst, 0.2)], seed: UInt64(index + 1)).span)
      let found = history.extent(before: 16_000)
      #expect(abs(found.lowerBound - burst.lowerBound) <= 160)
      #expect(abs(found.upperBound - burst.upperBound) <= 160)
    }
  }

  @Test func `a closure of less than 100 ms belongs to the word, a longer pause does not`() {
    var closed = history()
    closed.push(
      signal(16_000, floor: 0.001, [(6_400..<8_000, 0.2), (9_280..<9_920, 0.1)]).span)
    #expect(closed.extent(before: 16_000) == 6_400..<9_920)
    var paused = history()
    paused.push(
      signal(16_000, floor: 0.001, [(3_200..<6_400, 0.1), (9_600..<12_800, 0.2)]).span)
    #expect(paused.extent(before: 16_000) == 9_600..<12_800)
  }

  @Test func `of two words in one window the later is given, also where it is weaker`() {
    // 26 and 20 dB over the noise, the later also shorter.
    for pause in stride(from: 1_920, through: 4_000, by: 173) {
      let (first, start) = (1_600..<6_400, 6_400 + pause)
      var history = history()
      history.push(
        signal(16_000, floor: 0.01, [(first, 0.2), (start..<start + 3_200, 0.1)]).span)
      let found = history.extent(before: 15_900)
      #expect(abs(found.lowerBound - start) <= 160)
      #expect(abs(found.upperBound - (start + 3_200)) <= 160)
    }
  }

  @Test func `what is too short or too weak for a word does not hide the word before it`() {
    for (sound, amplitude) in [(12_000..<12_640, Float(0.3)), (12_000..<13_600, 0.02)] {
      var history = history()
      history.push(signal(16_000, floor: 0.001, [(4_800..<8_000, 0.2), (sound, amplitude)]).span)
      #expect(history.extent(before: 16_000) == 4_800..<8_000)
    }
    // Nothing but a click: it is all there is.
    var history = history()
    history.push(signal(16_000, floor: 0.001, [(8_000..<8_320, 0.2)]).span)
    #expect(history.extent(before: 16_000) == 8_000..<8_320)
  }

  @Test func `only the window before the decision counts`() {
    var history = history()
    let bursts = [(1_600..<4_800, Float(0.9)), (24_000..<27_200, 0.1), (32_000..<35_200, 0.9)]
    history.push(signal(34_000, floor: 0.001, bursts).span)
    // The first burst is too old, the third comes after the decision although it is known.
    #expect(history.extent(before: 30_400) == 24_000..<27_200)
  }

  @Test func `how samples are cut makes no difference`() {
    let samples = signal(20_000, floor: 0.01, [(7_000..<11_000, 0.3)])
    var whole = history()
    whole.push(samples.span)
    for size in [1, 7, 159, 160, 161, 1_000] {
      var pieces = history()
      var done = 0
      while done < samples.count {
        let count = min(size, samples.count - done)
        pieces.push(samples.span.extracting(done..<done + count))
        done += count
      }
      for end in stride(from: 500, through: 20_000, by: 500) {
        #expect(pieces.extent(before: end) == whole.extent(before: end))
      }
    }
  }

  @Test func `digital silence and no samples at all give the whole window`() {
    var history = history()
    #expect(history.extent(before: 0) == 0..<0)
    history.push([Float](repeating: 0, count: 20_000).span)
    #expect(history.extent(before: 20_000) == 4_000..<20_000)
    history.push([Float](repeating: .nan, count: 20_000).span)
    #expect(history.extent(before: 40_000) == 24_000..<40_000)
  }
}
