// SPDX-License-Identifier: GPL-3.0-or-later

import FoundationEssentials

/// Mono sound that a page carries inside itself.
package struct Sound: Equatable, Sendable {
  /// Full scale is -1...1; what lies outside is cut.
  package var samples: [Float]

  /// Samples per second.
  package var rate: Int

  package init(samples: [Float], rate: Int) {
    self.samples = samples
    self.rate = rate
  }

  /// A WAV file of 16-bit integers.
  package var wave: [UInt8] {
    func bytes(_ value: Int, _ count: Int) -> [UInt8] {
      (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let dataLength = 2 * samples.count
    var wave: [UInt8] = []
    wave.reserveCapacity(44 + dataLength)
    wave += Array("RIFF".utf8) + bytes(36 + dataLength, 4) + Array("WAVEfmt ".utf8)
    // Integers, one channel, bytes per second, bytes per frame, bits.
    wave += bytes(16, 4) + bytes(1, 2) + bytes(1, 2) + bytes(rate, 4) + bytes(2 * rate, 4)
    wave += bytes(2, 2) + bytes(16, 2) + Array("data".utf8) + bytes(dataLength, 4)
    for sample in samples {
      let level = sample.isNaN ? 0 : min(max(sample, -1), 32_767 / 32_768)
      wave += bytes(Int((level * 32_768).rounded()), 2)
    }
    return wave
  }

  /// The WAV file as a URI.
  var uri: String { "data:audio/wav;base64," + Data(wave).base64EncodedString() }
}
