// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The frame count that a WAV file's header declares, nil where the file is none or says nothing.
///
/// libsndfile silently shortens a declared length that reaches past the end of the file; this reads
/// the chunk headers beside it, so that a cut recording can be told from a whole one. Bytes are
/// read at explicit offsets: the descriptor's own position stays.
func declaredFrameCountOfRIFF(descriptor: Int32) -> Int? {
  guard let riff = bytes(descriptor, at: 0, count: 12), riff[0..<4].elementsEqual("RIFF".utf8),
    riff[8..<12].elementsEqual("WAVE".utf8)
  else { return nil }
  var offset = 12
  var frameByteCount: Int?
  // Chunks before the data are few; the bound is against a file made to keep the loop busy.
  for _ in 0..<64 {
    guard let head = bytes(descriptor, at: offset, count: 8) else { return nil }
    let byteCount = littleEndian(head[4..<8])
    if head[0..<4].elementsEqual("fmt ".utf8) {
      guard byteCount >= 16, let format = bytes(descriptor, at: offset + 8, count: 16) else {
        return nil
      }
      // PCM, float, A-law, µ-law and the extensible form store frame after frame.
      guard [1, 3, 6, 7, 0xFFFE].contains(littleEndian(format[0..<2])) else { return nil }
      frameByteCount = littleEndian(format[12..<14])
    } else if head[0..<4].elementsEqual("data".utf8) {
      // 0, and the sizes near 2^31 and 2^32, are what programs write that do not know the length.
      guard let frameByteCount, frameByteCount > 0, byteCount > 0, byteCount < 0x7FFF_F000 else {
        return nil
      }
      return byteCount / frameByteCount
    }
    offset += 8 + byteCount + byteCount % 2
  }
  return nil
}

private func bytes(_ descriptor: Int32, at offset: Int, count: Int) -> [UInt8]? {
  var bytes = [UInt8](repeating: 0, count: count)
  var found: Int
  repeat {
    found = unsafe pread(descriptor, &bytes, count, off_t(offset))
  } while found < 0 && errno == EINTR
  return found == count ? bytes : nil
}

private func littleEndian(_ bytes: ArraySlice<UInt8>) -> Int {
  bytes.reversed().reduce(0) { $0 << 8 | Int($1) }
}
