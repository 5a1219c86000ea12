// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import CAllocationCounter
import Testing

@Suite struct CaptureStreamTests {
  private func samples(_ format: CaptureFormat, _ bytes: [UInt8]) throws -> [Float] {
    var stream = try CaptureStream(format: format)
    let heard = try run([.frames(bytes)], through: &stream)
    #expect(heard.stretches.count == 1)
    return heard.stretches[0].samples
  }

  @Test(arguments: SampleEncoding.allCases)
  func `every encoding gives the samples of a sound file of it`(encoding: SampleEncoding) throws {
    let folder = try TemporaryFolder()
    for (rate, channelCount) in [(16_000, 1), (16_000, 3), (44_100, 2), (8_000, 1)] {
      let format = CaptureFormat(rate: rate, channelCount: channelCount, encoding: encoding)
      let bytes = frames(format, count: 9_001)
      let isWide = encoding == .int24In32
      let data =
        isWide ? bytes.enumerated().filter { $0.offset % 4 != 3 }.map(\.element) : bytes
      let path = try folder.write(
        "x.wav",
        WaveBytes.file(
          data: data, bitCount: isWide ? 24 : 8 * encoding.byteCount,
          isFloat: encoding == .float32, rate: rate, channelCount: channelCount))
      #expect(try samples(format, bytes) == readWholeClip(path))
    }
  }

  @Test func `the ends of the ranges are exact`() throws {
    let format = CaptureFormat(rate: 16_000, channelCount: 1, encoding: .int16)
    #expect(try samples(format, [0, 0x80, 0xff, 0x7f, 1, 0]) == [-1, 32_767.0 / 32_768, 0x1p-15])
    var wide = format
    wide.encoding = .int32
    // 2^31 - 1 is no float: it becomes 1, which is past the end.
    #expect(
      try samples(wide, [0, 0, 0, 0x80, 0xff, 0xff, 0xff, 0x7f, 1, 0, 0, 0])
        == [-1, Float(1).nextDown, 0x1p-31])
  }

  @Test func `samples that are no numbers are silence, and counted`() throws {
    let values: [Float] = [0.5, .nan, -.infinity, .infinity, -0.25, .signalingNaN]
    let format = CaptureFormat(rate: 16_000, channelCount: 2, encoding: .float32)
    var stream = try CaptureStream(format: format)
    let bytes = values.flatMap { WaveBytes.word(Int($0.bitPattern), 4) }
    let heard = try run([.frames(bytes)], through: &stream)
    #expect(heard.stretches[0].samples == [0.25, 0, -0.125])
    #expect(stream.notFiniteSampleCount == 4)
  }

  /// A script of frames, gaps and changes of format, with the index that each stretch starts and
  /// ends at by exact arithmetic.
  private func script(_ rates: [Int]) -> (steps: [CaptureStep], expected: [ClosedRange<Int>]) {
    var steps: [CaptureStep] = []
    var expected: [ClosedRange<Int>] = []
    func index(_ frameCount: Int, _ rate: Int) -> Int {
      Int((Double(frameCount) * 16_000 / Double(rate)).rounded())
    }
    var origin = 0
    for (number, rate) in rates.enumerated() {
      let format = CaptureFormat(rate: rate, channelCount: 1 + number % 2, encoding: .int16)
      if number > 0 { steps.append(.change(format)) }
      var total = 0
      var stretchStart = origin
      var stretchCount = 0
      for (count, gap) in [(rate + 17, rate / 2), (5_003, rate / 2 + 1), (rate / 3, 7), (1, 0)] {
        steps.append(.frames(frames(format, count: count, seed: UInt64(number + gap))))
        stretchCount += count
        total += count
        if gap > 0 { steps.append(.gap(gap, .overrun)) }
        total += gap
        if gap > rate / 2 {
          expected.append(stretchStart...stretchStart + index(stretchCount, rate))
          stretchStart = origin + index(total, rate)
          stretchCount = 0
        } else {
          stretchCount += gap
        }
      }
      origin = stretchStart + index(stretchCount, rate)
      expected.append(stretchStart...origin)
    }
    return (steps, expected)
  }

  @Test(arguments: [[16_000], [48_000], [44_100, 16_000, 48_012], [11_025, 192_000, 7_999]])
  func `every stretch lies where its frames and gaps say`(rates: [Int]) throws {
    let (steps, expected) = script(rates)
    var stream = try CaptureStream(
      format: CaptureFormat(rate: rates[0], channelCount: 1, encoding: .int16))
    let heard = try run(steps, through: &stream)
    #expect(heard.stretches.map { $0.at...$0.at + $0.samples.count } == expected)
    #expect(stream.position == heard.end)
    var (captured, lost) = (0, 0)
    var frameByteCount = 2
    for step in steps {
      switch step {
      case .frames(let bytes): captured += bytes.count / frameByteCount
      case .gap(let count, _): lost += count
      case .change(let format): frameByteCount = format.frameByteCount
      }
    }
    #expect(stream.capturedFrameCount == captured && stream.lostFrameCount == lost)
  }

  @Test func `how frames are cut never changes the pieces`() throws {
    let rates = [44_100, 16_000, 48_012]
    let format = CaptureFormat(rate: 44_100, channelCount: 1, encoding: .int16)
    var expected: Heard?
    for (by, size) in [(4_096, 16_384), (1, 100), (160, 1), (441, 33), (3_999, 4_001)] {
      var stream = try CaptureStream(format: format)
      let heard = try run(script(rates).steps, through: &stream, by: by, readingBy: size)
      if expected == nil { expected = heard }
      #expect(heard == expected, "\(by) \(size)")
    }
  }

  @Test func `a short gap is digital silence of its length`() throws {
    let format = CaptureFormat(rate: 16_000, channelCount: 1, encoding: .int16)
    var stream = try CaptureStream(format: format)
    let steps: [CaptureStep] = [.frames([0, 64]), .gap(8_000, .stopped), .frames([0, 64])]
    let heard = try run(steps, through: &stream)
    #expect(
      heard.stretches == [.init(at: 0, samples: [0.5] + Array(repeating: 0, count: 8_000) + [0.5])])
  }

  @Test func `a format that no device has is refused`() {
    for rate in [0, 3_999, 384_001] {
      #expect(throws: AudioError.captureRate(found: rate, supported: 4_000...384_000)) {
        _ = try CaptureStream(
          format: CaptureFormat(rate: rate, channelCount: 1, encoding: .int16))
      }
    }
    for count in [0, 65] {
      #expect(throws: AudioError.captureChannelCount(found: count, supported: 1...64)) {
        _ = try CaptureStream(
          format: CaptureFormat(rate: 16_000, channelCount: count, encoding: .int16))
      }
    }
  }

  /// A stream with its frames, so that only the stream runs between two readings.
  private final class Line {
    var stream: CaptureStream
    let period: [UInt8]
    var chunk = [Float](repeating: 0, count: 1_600)
    let rate: Int

    init(rate: Int) throws {
      let format = CaptureFormat(rate: rate, channelCount: 2, encoding: .int32)
      stream = try CaptureStream(format: format)
      period = frames(format, count: rate / 50)
      self.rate = rate
    }

    func run(seconds: Int) throws {
      let period = self.period
      for number in 0..<50 * seconds {
        if number % 100 == 7 {
          stream.appendGap(frameCount: rate / 20, cause: .overrun)
        } else {
          stream.append(period.span)
        }
        while true {
          var room = chunk.mutableSpan
          guard try stream.next(into: &room) != nil else { break }
        }
      }
    }
  }

  @Test(arguments: [16_000, 44_100, 48_000])
  func `a stream that runs allocates nothing`(rate: Int) throws {
    let line = try Line(rate: rate)
    // The resampler's buffers grow for some seconds.
    try line.run(seconds: 60)
    let before = kws_allocation_count()
    try line.run(seconds: 600)
    let after = kws_allocation_count()
    #expect(after == before)
  }
}
