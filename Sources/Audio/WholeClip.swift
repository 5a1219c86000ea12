// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// A sound file in memory, and what reading it met.
package struct WholeClip: Equatable, Sendable {
  /// The samples: 16 kHz mono in [-1, 1). Empty for a file without frames.
  package private(set) var samples: [Float]

  /// Frames read, in the file's own rate.
  package let readFrameCount: Int

  /// Frames that the file declares and does not have, in its own rate; 0 where reading stopped
  /// before the end.
  package let missingFrameCount: Int

  /// Reads the sound file at `path`.
  ///
  /// - Parameter limit: Samples after which reading stops; what lies behind is not looked at.
  /// - Throws: `AudioError`.
  package init(path: String, limit: Int = .max) throws(AudioError) {
    var source = try SoundFileSource(path: path)
    samples = []
    // A header's length is a hint; one that lies gets no more than 16 million samples in advance.
    let declared = min(source.declaredFrameCount ?? 0, 1 << 24)
    samples.reserveCapacity(
      min(declared * AudioFormat.sampleRate / source.rate + 1, 1 << 24, limit))
    var chunk = AlignedBuffer<Float>(zeroed: 8192)
    while samples.count < limit {
      var room = chunk.mutableSpan
      guard case .samples(let count) = try source.read(into: &room) else { break }
      for index in 0..<min(count, limit - samples.count) { samples.append(room[index]) }
    }
    readFrameCount = source.readFrameCount
    missingFrameCount = source.missingFrameCount
  }
}

/// All samples of the sound file at `path`: 16 kHz mono in [-1, 1).
///
/// A file without frames gives an empty array.
package func readWholeClip(_ path: String) throws(AudioError) -> [Float] {
  try WholeClip(path: path).samples
}
