// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Random numbers as a function of (seed, stream, position): Philox4x32 with 10 rounds.
///
/// Two generators of one seed and different stream words never share a value's counter, so every
/// draw of a program can be addressed by what it is for, in any order and from any thread. A stream
/// holds 2^33 words of 64 bits, after which it repeats.
///
/// Reference: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
public struct CounterBasedGenerator: RandomNumberGenerator, Sendable {
  /// The number of the next block, and three words that name the stream.
  @usableFromInline var counter: SIMD4<UInt32>
  @usableFromInline let key: SIMD2<UInt32>
  /// The second half of the newest block, where it was not handed out yet.
  @usableFromInline var pending: UInt64?

  /// A generator at the start of the stream that the three words name.
  @inlinable public init(
    seed: UInt64, stream first: UInt32, _ second: UInt32 = 0, _ third: UInt32 = 0
  ) {
    counter = SIMD4(0, first, second, third)
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    pending = nil
  }

  /// The next 64 bits of the stream.
  @inlinable public mutating func next() -> UInt64 {
    if let word = pending {
      pending = nil
      return word
    }
    let block = Self.block(counter: counter, key: key)
    counter[0] &+= 1
    pending = UInt64(block[2]) | UInt64(block[3]) << 32
    return UInt64(block[0]) | UInt64(block[1]) << 32
  }

  /// The next value of the uniform distribution on [0, 1), a multiple of 2^-24.
  @inlinable public mutating func nextUniform() -> Float {
    Float(next() >> 40) * 0x1p-24
  }

  /// The next value of the standard normal distribution, by the Box-Muller transform of one word.
  public mutating func nextNormal() -> Float {
    let word = next()
    // The radius needs a uniform value above 0.
    let first = (Double(word >> 32) + 1) * 0x1p-32
    let second = Double(word & 0xffff_ffff) * 0x1p-32
    return Float((-2 * log(first)).squareRoot() * cos(2 * Double.pi * second))
  }

  /// One block of Philox4x32-10.
  @inlinable public static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var state = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(state[0]) &* 0xD251_1F53
      let second = UInt64(state[2]) &* 0xCD9E_8D57
      state = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ state[1] ^ key[0],
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ state[3] ^ key[1],
        UInt32(truncatingIfNeeded: first))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return state
  }
}
