// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
import Buffers

/// Short parts of a recording that may be hours long.
package enum SoundExcerpts {
  /// The samples (mono, 16 kHz) of every range; what lies behind the end is left out.
  ///
  /// Reads once from the start to the end of the last range, and keeps only what is asked for.
  /// - Throws: `AudioError`.
  package static func read(
    _ path: String, _ ranges: [Range<Int>]
  ) throws(AudioError) -> [[Float]] {
    var excerpts = [[Float]](repeating: [], count: ranges.count)
    let end = ranges.map(\.upperBound).max() ?? 0
    var source = try SoundFileSource(path: path)
    var block = AlignedBuffer<Float>(zeroed: 16_000)
    var position = 0
    while position < end {
      var room = block.mutableSpan
      guard case .samples(let count) = try source.read(into: &room) else { break }
      for (index, range) in ranges.enumerated() {
        for sample in range.clamped(to: position..<position + count) {
          excerpts[index].append(room[sample - position])
        }
      }
      position += count
    }
    return excerpts
  }
}
