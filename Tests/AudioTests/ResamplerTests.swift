// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import Foundation
import Testing

@Suite struct ResamplerTests {
  static let rates = [
    4000, 8000, 11_025, 15_999, 16_001, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000, 384_000,
  ]

  /// Everything that `samples`, cut into pieces of `size`, give; `room` samples at a time.
  func convert(
    _ samples: [Float], with resampler: inout Resampler, by size: Int, room: Int = 4096
  ) throws -> [Float] {
    var output: [Float] = []
    var space = [Float](repeating: .nan, count: room)
    var start = 0
    while start < samples.count {
      let piece = samples.span.extracting(start..<min(start + size, samples.count))
      var target = space.mutableSpan
      let progress = try resampler.process(piece, into: &target)
      start += progress.consumedSampleCount
      output += space[..<progress.producedSampleCount]
    }
    while true {
      var target = space.mutableSpan
      let count = try resampler.finish(into: &target)
      if count == 0 { return output }
      output += space[..<count]
    }
  }

  @Test(arguments: rates) func `n samples become n * 16000 / rate, rounded`(rate: Int) throws {
    for count in [0, 1, 2, 3, 100, 4096, 4097, 10_007] {
      var resampler = try Resampler(inputRate: rate)
      let output = try convert(noise(count: count), with: &resampler, by: 4096)
      #expect(output.count == Int((Double(count) * 16_000 / Double(rate)).rounded()), "\(count)")
    }
  }

  @Test(arguments: rates) func `a click stays where it is`(rate: Int) throws {
    // A Gaussian of 0.5 ms, narrow in time and within every band; its centre of mass is its place.
    let count = rate / 2
    let centre = 0.2 * Double(rate)
    let click = (0..<count).map { index in
      let distance = (Double(index) - centre) / (0.0005 * Double(rate))
      return Float(0.5 * exp(-0.5 * distance * distance))
    }
    var resampler = try Resampler(inputRate: rate)
    let output = try convert(click, with: &resampler, by: 480)
    var moment = 0.0
    for (index, sample) in output.enumerated() { moment += Double(index) * Double(sample) }
    let position = moment / output.map(Double.init).reduce(0, +)
    #expect(abs(position - 3200) < 0.02, "\(position)")
    let peak = output.indices.max { output[$0] < output[$1] }!
    #expect(abs(peak - 3200) <= 1)
  }

  @Test(arguments: [8000, 44_100, 48_000])
  func `how the input is cut and how much room there is never changes the output`(
    rate: Int
  ) throws {
    let samples = noise(count: 9001)
    var whole = try Resampler(inputRate: rate)
    let expected = try convert(samples, with: &whole, by: samples.count, room: 40_000)
    for (size, room) in [(1, 4096), (7, 1), (480, 160), (4096, 33)] {
      var resampler = try Resampler(inputRate: rate)
      #expect(try convert(samples, with: &resampler, by: size, room: room) == expected, "\(size)")
    }
  }

  @Test(arguments: 0..<20)
  func `random rates, pieces and rooms never change the output`(turn: UInt32) throws {
    var generator = CounterBasedGenerator(seed: 3, stream: turn)
    let rate = Int.random(in: 4_000...96_000, using: &generator)
    let samples = noise(count: Int.random(in: 1...30_000, using: &generator), seed: UInt64(turn))
    var whole = try Resampler(inputRate: rate)
    let expected = try convert(samples, with: &whole, by: samples.count, room: 150_000)
    var resampler = try Resampler(inputRate: rate)
    var output: [Float] = []
    var start = 0
    while true {
      let end = min(start + Int.random(in: 1...3_000, using: &generator), samples.count)
      let room = Int.random(in: 1...2_000, using: &generator)
      var space = [Float](repeating: .nan, count: room)
      var target = space.mutableSpan
      if start == samples.count {
        let count = try resampler.finish(into: &target)
        if count == 0 { break }
        output += space[..<count]
      } else {
        let progress = try resampler.process(samples.span.extracting(start..<end), into: &target)
        start += progress.consumedSampleCount
        output += space[..<progress.producedSampleCount]
      }
    }
    #expect(output == expected, "\(rate) Hz")
  }

  @Test func `reset forgets everything`() throws {
    let samples = noise(count: 5000, seed: 2)
    var fresh = try Resampler(inputRate: 44_100)
    var used = try Resampler(inputRate: 44_100)
    _ = try convert(noise(count: 3333, seed: 3), with: &used, by: 100)
    try used.reset()
    #expect(
      try convert(samples, with: &used, by: 512) == convert(samples, with: &fresh, by: 512))
  }

  @Test(arguments: [44_100, 48_000])
  func `tones that would fold below 7 kHz are at least 100 dB down`(rate: Int) throws {
    for frequency in [9000.0, 10_000, 12_500, 15_000, 17_000, 20_000, 21_900] {
      var resampler = try Resampler(inputRate: rate)
      let output = try convert(
        tone(frequency, rate: rate, count: rate / 2), with: &resampler, by: 4096)
      // The tone's sudden start and end are sound of every frequency: measured away from them.
      let largest = output[2000..<6000].map(\.magnitude).max()!
      #expect(largest < 0.5e-5, "\(frequency) Hz: \(largest)")
    }
  }
}
