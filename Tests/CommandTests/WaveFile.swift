// SPDX-License-Identifier: GPL-3.0-or-later

/// The bytes of small WAV files that tests make themselves.
enum WaveFile {
  /// How samples are stored.
  enum Encoding {
    case unsigned8, signed16, signed24, float32

    var bitCount: Int {
      switch self {
      case .unsigned8: 8
      case .signed16: 16
      case .signed24: 24
      case .float32: 32
      }
    }
  }

  /// Interleaved samples in -1...1 as a whole file.
  static func bytes(
    _ samples: [Float], rate: Int = 16_000, channelCount: Int = 1, encoding: Encoding = .signed16
  ) -> [UInt8] {
    let frameByteCount = channelCount * encoding.bitCount / 8
    let data = samples.flatMap { encode($0, encoding) }
    var bytes = Array("RIFF".utf8) + word(36 + data.count, 4) + Array("WAVEfmt ".utf8) + word(16, 4)
    bytes += word(encoding == .float32 ? 3 : 1, 2) + word(channelCount, 2) + word(rate, 4)
    bytes += word(rate * frameByteCount, 4) + word(frameByteCount, 2) + word(encoding.bitCount, 2)
    return bytes + Array("data".utf8) + word(data.count, 4) + data
  }

  private static func encode(_ sample: Float, _ encoding: Encoding) -> [UInt8] {
    switch encoding {
    case .unsigned8: word(Int((sample * 127).rounded()) + 128, 1)
    case .signed16: word(Int((sample * 32_767).rounded()), 2)
    case .signed24: word(Int((sample * 8_388_607).rounded()), 3)
    case .float32: word(Int(sample.bitPattern), 4)
    }
  }

  private static func word(_ value: Int, _ byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
