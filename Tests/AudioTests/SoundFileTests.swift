// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import Testing

@Suite struct SoundFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func `every 16-bit value at 16 kHz mono passes as integer over 32768`() throws {
    let values = Array(-32_768...32_767)
    let path = try folder.write("all.wav", WaveBytes.integers(values))
    #expect(try readWholeClip(path) == values.map { Float($0) / 32_768 })
  }

  @Test func `8-bit, 24-bit and float WAV pass exactly`() throws {
    let eight = try folder.write("8.wav", WaveBytes.integers([0, 64, 128, 255], bitCount: 8))
    #expect(try readWholeClip(eight) == [-1, -0.5, 0, 127.0 / 128])
    let wide = [-8_388_608, -1, 0, 1, 8_388_607]
    let twentyFour = try folder.write("24.wav", WaveBytes.integers(wide, bitCount: 24))
    #expect(try readWholeClip(twentyFour) == wide.map { Float($0) / 8_388_608 })
    let values: [Float] = [-1, -0.3, 1e-9, 0.7]
    #expect(try readWholeClip(try folder.write("f.wav", WaveBytes.floats(values))) == values)
  }

  @Test func `channels are mixed by their mean`() throws {
    let stereo = WaveBytes.integers([100, 300, -7, 8, 32_767, -32_768], channelCount: 2)
    #expect(
      try readWholeClip(try folder.write("2.wav", stereo))
        == [200, 0.5, -0.5].map { Float($0) / 32_768 })
    let six = WaveBytes.floats([0.1, 0.2, 0.3, -0.1, -0.2, 0.6], channelCount: 6)
    let mixed = try readWholeClip(try folder.write("6.wav", six))
    #expect(mixed.count == 1 && abs(mixed[0] - 0.15) < 1e-7)
  }

  @Test(arguments: [1, 7, 480, 100_000])
  func `the size of reads never changes the samples`(size: Int) throws {
    let bytes = WaveBytes.floats(noise(count: 2 * 20_011), rate: 44_100, channelCount: 2)
    let path = try folder.write("noise.wav", bytes)
    var source = try SoundFileSource(path: path)
    #expect(try readAll(&source, by: size) == readWholeClip(path))
  }

  @Test func `the file's own facts are told`() throws {
    let bytes = WaveBytes.integers(Array(repeating: 5, count: 300), rate: 22_050, channelCount: 3)
    var source = try SoundFileSource(path: try folder.write("facts.wav", bytes))
    #expect(source.rate == 22_050 && source.channelCount == 3)
    #expect(source.declaredFrameCount == 100 && source.readFrameCount == 0)
    _ = try readAll(&source)
    #expect(source.readFrameCount == 100 && source.missingFrameCount == 0)
  }

  @Test func `44.1 kHz stereo equals the same tone at 16 kHz`() throws {
    let stereo = spread(tone(1000, rate: 44_100, count: 44_100), over: 2)
    let bytes = WaveBytes.floats(stereo, rate: 44_100, channelCount: 2)
    let samples = try readWholeClip(try folder.write("tone.wav", bytes))
    let expected = tone(1000, rate: 16_000, count: 16_000)
    #expect(samples.count == 16_000)
    let largest = (1000..<15_000).map { abs(samples[$0] - expected[$0]) }.max()!
    #expect(largest < 1e-5, "\(largest)")
  }

  @Test(arguments: EncodedFormat.allCases)
  func `a compressed file gives back its tone, in place and in length`(
    format: EncodedFormat
  ) throws {
    let path = folder.path("tone.\(format)")
    let stereo = spread(tone(500, rate: 48_000, count: 48_000), over: 2)
    try #require(format.write(stereo, rate: 48_000, channelCount: 2, to: path))
    let samples = try readWholeClip(path)
    let expected = tone(500, rate: 16_000, count: 16_000)
    // An MP3 may keep the encoder's padding at its end.
    #expect(format == .mp3 ? samples.count >= 16_000 : samples.count == 16_000, "\(samples.count)")
    let difference = (2000..<14_000).map { Double(samples[$0] - expected[$0]) }
    let error = (difference.map { $0 * $0 }.reduce(0, +) / Double(difference.count)).squareRoot()
    #expect(error < (format == .flac ? 2e-5 : 0.02), "\(error)")
  }

  @Test func `what reaches past full scale is clipped and counted`() throws {
    let path = try folder.write("loud.wav", WaveBytes.floats([0.5, 1, 1.5, -1, -7]))
    var source = try SoundFileSource(path: path)
    let top = Float(1).nextDown
    #expect(try readAll(&source) == [0.5, top, top, -1, -1])
    #expect(source.clippedSampleCount == 2)
  }
}
