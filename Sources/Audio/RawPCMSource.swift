// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc

/// Raw samples from a file descriptor: 16 kHz, mono, signed 16 bits, little-endian, no header.
///
/// Hands on what has arrived as soon as there is one sample, so that a live pipe is heard at once.
package struct RawPCMSource: ~Copyable, AudioSource {
  /// Whether the stream ended in the middle of a sample, whose single byte was dropped; known once
  /// the end is reached.
  package private(set) var hasOddTrailingByte = false

  private let descriptor: Int32
  private let path: String
  private var bytes: AlignedBuffer<UInt8>
  /// 1 where `bytes[0]` is the first half of the next sample.
  private var heldByteCount = 0
  private var hasEnded = false

  /// A source over an open descriptor, which stays the caller's to close.
  ///
  /// - Parameters:
  ///   - path: the name that errors give.
  package init(descriptor: Int32, path: String = "-") {
    self.descriptor = descriptor
    self.path = path
    bytes = AlignedBuffer(zeroed: 16_384)
  }

  /// Writes the next samples to the front of `samples`.
  ///
  /// Blocks until there is one, also where the descriptor is non-blocking. No allocation.
  package mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError)
    -> AudioPiece
  {
    precondition(!samples.isEmpty, "no room for samples")
    guard !hasEnded else { return .end }
    let wanted = min(2 * samples.count, bytes.count)
    var filled = heldByteCount
    while filled < 2 {
      let count = try readBytes(offset: filled, count: wanted - filled)
      if count == 0 {
        hasEnded = true
        hasOddTrailingByte = filled == 1
        return .end
      }
      filled += count
    }
    Self.decode(&bytes, byteCount: filled, into: &samples)
    heldByteCount = filled % 2
    return .samples(filled / 2)
  }

  /// Decodes whole samples and moves a byte that is left over to the front.
  private static func decode(
    _ bytes: inout AlignedBuffer<UInt8>, byteCount: Int, into samples: inout MutableSpan<Float>
  ) {
    var source = bytes.mutableSpan
    for index in 0..<(byteCount / 2) {
      let low = UInt16(source[2 * index])
      let high = UInt16(source[2 * index + 1])
      samples[index] = Float(Int16(bitPattern: high << 8 | low)) / 32_768
    }
    if byteCount % 2 == 1 { source[0] = source[byteCount - 1] }
  }

  private mutating func readBytes(offset: Int, count: Int) throws(AudioError) -> Int {
    while true {
      let result = unsafe Glibc.read(descriptor, bytes.unsafeBase + offset, count)
      if result >= 0 { return result }
      switch errno {
      case EINTR: continue
      case EAGAIN:
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        unsafe poll(&request, 1, -1)
      case EISDIR: throw .isDirectory(path: path)
      default: throw .system(path: path, operation: "read", code: errno)
      }
    }
  }
}
