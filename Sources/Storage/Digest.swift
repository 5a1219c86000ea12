// SPDX-License-Identifier: GPL-3.0-or-later

import CNettle

/// SHA-256 (FIPS 180-4) over bytes that arrive in pieces.
///
/// The algorithm is nettle's: a well-kept library that adds no build time.
package struct SHA256: Sendable {
  /// Bytes of a finished digest.
  package static let byteCount = 32

  private var context: sha256_ctx

  /// The digest of no bytes so far.
  package init() {
    context = sha256_ctx()
    unsafe nettle_sha256_init(&context)
  }

  /// Adds `bytes`.
  package mutating func update(_ bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { pointer in
      guard let base = pointer.baseAddress else { return }
      unsafe nettle_sha256_update(&context, pointer.count, base)
    }
  }

  /// The digest of everything added, as 64 hexadecimal digits; starts anew.
  package mutating func finish() -> String {
    var digest = [UInt8](repeating: 0, count: Self.byteCount)
    unsafe nettle_sha256_digest(&context, Self.byteCount, &digest)
    return hexadecimal(digest)
  }

  /// The digest of `bytes` alone, as 64 hexadecimal digits.
  package static func digest(of bytes: Span<UInt8>) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finish()
  }
}

/// SHA-1 of `bytes` as 40 hexadecimal digits.
///
/// For Speech Commands' split rule only, which is defined by it; never for integrity.
package func sha1Digest(of bytes: Span<UInt8>) -> String {
  var context = sha1_ctx()
  unsafe nettle_sha1_init(&context)
  unsafe bytes.withUnsafeBufferPointer { pointer in
    guard let base = pointer.baseAddress else { return }
    unsafe nettle_sha1_update(&context, pointer.count, base)
  }
  var digest = [UInt8](repeating: 0, count: 20)
  unsafe nettle_sha1_digest(&context, 20, &digest)
  return hexadecimal(digest)
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
  let digits = Array("0123456789abcdef".utf8)
  var text: [UInt8] = []
  text.reserveCapacity(2 * bytes.count)
  for byte in bytes {
    text.append(digits[Int(byte >> 4)])
    text.append(digits[Int(byte & 15)])
  }
  return String(decoding: text, as: UTF8.self)
}
