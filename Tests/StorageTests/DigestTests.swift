// SPDX-License-Identifier: GPL-3.0-or-later

import Storage
import Testing

@Suite struct DigestTests {
  @Test func `SHA-256 and SHA-1 of abc are those of FIPS 180-4`() {
    let bytes = Array("abc".utf8)
    #expect(
      SHA256.digest(of: bytes.span)
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(sha1Digest(of: bytes.span) == "a9993e364706816aba3e25717850c26c9cd0d89d")
  }

  @Test func `SHA-256 in pieces equals SHA-256 at once`() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    var digest = SHA256()
    for start in stride(from: 0, to: 1000, by: 130) {
      digest.update(bytes.span.extracting(start..<min(start + 130, 1000)))
    }
    #expect(digest.finish() == SHA256.digest(of: bytes.span))
  }
}
