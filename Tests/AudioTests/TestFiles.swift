// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import CSoundFile
import Foundation

/// A folder that is gone when its owner is.
final class TemporaryFolder {
  let root: String

  init() throws {
    root = FileManager.default.temporaryDirectory.path + "/kws-audio-tests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: root) }

  /// The path of `name` inside.
  func path(_ name: String) -> String { root + "/" + name }

  /// Writes `bytes` as file `name` and returns its path.
  @discardableResult func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    return path(name)
  }
}

/// The bytes of WAV files, made by hand.
enum WaveBytes {
  static func word(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// A file around ready sample data; `declared` is the data length that the header claims.
  static func file(
    data: [UInt8], bitCount: Int, isFloat: Bool = false, rate: Int = 16_000, channelCount: Int = 1,
    declared: Int? = nil
  ) -> [UInt8] {
    let frameByteCount = channelCount * bitCount / 8
    let length = declared ?? data.count
    var bytes = Array("RIFF".utf8) + word(36 + length, 4) + Array("WAVEfmt ".utf8) + word(16, 4)
    bytes += word(isFloat ? 3 : 1, 2) + word(channelCount, 2) + word(rate, 4)
    bytes += word(rate * frameByteCount, 4) + word(frameByteCount, 2) + word(bitCount, 2)
    return bytes + Array("data".utf8) + word(length, 4) + data
  }

  /// 16-bit integer samples, interleaved.
  static func integers(
    _ samples: [Int], bitCount: Int = 16, rate: Int = 16_000, channelCount: Int = 1
  ) -> [UInt8] {
    file(
      data: samples.flatMap { word($0, bitCount / 8) }, bitCount: bitCount, rate: rate,
      channelCount: channelCount)
  }

  /// Float samples, interleaved.
  static func floats(_ samples: [Float], rate: Int = 16_000, channelCount: Int = 1) -> [UInt8] {
    file(
      data: samples.flatMap { word(Int($0.bitPattern), 4) }, bitCount: 32, isFloat: true,
      rate: rate, channelCount: channelCount)
  }
}

/// A format that libsndfile itself writes here, for tests of what no one writes by hand.
enum EncodedFormat: String, CaseIterable {
  case flac, vorbis, opus, mp3

  var code: Int {
    switch self {
    case .flac: SF_FORMAT_FLAC | SF_FORMAT_PCM_16
    case .vorbis: SF_FORMAT_OGG | SF_FORMAT_VORBIS
    case .opus: SF_FORMAT_OGG | SF_FORMAT_OPUS
    case .mp3: SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III
    }
  }

  /// Writes interleaved `samples` to `path`; whether the library on this machine can.
  func write(_ samples: [Float], rate: Int, channelCount: Int, to path: String) -> Bool {
    var information = SF_INFO()
    information.samplerate = Int32(rate)
    information.channels = Int32(channelCount)
    information.format = Int32(code)
    guard let file = unsafe sf_open(path, Int32(SFM_WRITE), &information) else { return false }
    let count = unsafe sf_writef_float(file, samples, sf_count_t(samples.count / channelCount))
    return unsafe sf_close(file) == 0 && Int(count) * channelCount == samples.count
  }
}

/// `count` samples of a sine of `frequency` Hz and half amplitude.
func tone(_ frequency: Double, rate: Int, count: Int) -> [Float] {
  (0..<count).map { Float(0.5 * sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
}

/// Noise in [-0.5, 0.5) that is the same in every run.
func noise(count: Int, seed: UInt64 = 1) -> [Float] {
  var state = seed
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(state >> 40) * 0x1p-24 - 0.5
  }
}

/// The samples, each in every one of `channelCount` channels.
func spread(_ samples: [Float], over channelCount: Int) -> [Float] {
  samples.flatMap { [Float](repeating: $0, count: channelCount) }
}

/// Everything `source` gives when it is read `size` samples at a time.
func readAll(
  _ source: inout some AudioSource & ~Copyable, by size: Int = 1000
) throws(AudioError) -> [Float] {
  var samples: [Float] = []
  var chunk = [Float](repeating: .nan, count: size)
  while true {
    var room = chunk.mutableSpan
    guard case .samples(let count) = try source.read(into: &room) else { return samples }
    samples += chunk[..<count]
  }
}
