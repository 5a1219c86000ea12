// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// All samples of the sound file at `path`: 16 kHz mono in [-1, 1).
///
/// A file without frames gives an empty array.
package func readWholeClip(_ path: String) throws(AudioError) -> [Float] {
  var source = try SoundFileSource(path: path)
  var samples: [Float] = []
  // A header's length is a hint; one that lies gets no more than 16 million samples in advance.
  let declared = min(source.declaredFrameCount ?? 0, 1 << 24)
  samples.reserveCapacity(min(declared * AudioFormat.sampleRate / source.rate + 1, 1 << 24))
  var chunk = AlignedBuffer<Float>(zeroed: 8192)
  while true {
    var room = chunk.mutableSpan
    let count = try source.read(into: &room)
    if count == 0 { return samples }
    for index in 0..<count { samples.append(room[index]) }
  }
}
