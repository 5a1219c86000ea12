// SPDX-License-Identifier: GPL-3.0-or-later

/// How a device stores one sample; all little-endian.
package enum SampleEncoding: String, Sendable, CaseIterable {
  /// Signed 16 bits.
  case int16

  /// Signed 24 bits in three bytes.
  case int24

  /// Signed 24 bits in the low three of four bytes; the fourth is ignored.
  case int24In32

  /// Signed 32 bits.
  case int32

  /// IEEE single precision, nominally in [-1, 1).
  case float32

  /// Bytes of one sample.
  package var byteCount: Int {
    switch self {
    case .int16: 2
    case .int24: 3
    case .int24In32, .int32, .float32: 4
    }
  }
}

/// The form in which a device gives its frames: interleaved samples of all channels.
package struct CaptureFormat: Equatable, Sendable {
  /// Channel counts that are accepted.
  package static let channelCounts = 1...64

  /// Frames per second, in Hz.
  package var rate: Int

  package var channelCount: Int
  package var encoding: SampleEncoding

  package init(rate: Int, channelCount: Int, encoding: SampleEncoding) {
    self.rate = rate
    self.channelCount = channelCount
    self.encoding = encoding
  }

  /// Bytes of one frame.
  package var frameByteCount: Int { channelCount * encoding.byteCount }

  /// - Throws: `AudioError.captureRate`, `.captureChannelCount`.
  func check() throws(AudioError) {
    guard Resampler.supportedRates.contains(rate) else {
      throw .captureRate(found: rate, supported: Resampler.supportedRates)
    }
    guard Self.channelCounts.contains(channelCount) else {
      throw .captureChannelCount(found: channelCount, supported: Self.channelCounts)
    }
  }
}
