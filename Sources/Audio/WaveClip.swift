// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// Short recordings of what the rest of the system hears: 16 kHz, one channel, 16 bits.
package enum WaveClip {
  /// Writes `samples` as a WAV file that only its owner may read, and syncs it.
  ///
  /// - Throws: `AudioError.system`; what was written is then removed.
  package static func write(_ samples: Span<Int16>, to path: String) throws(AudioError) {
    do throws(AudioError) {
      var writer = try WaveWriter(
        path: path,
        format: CaptureFormat(rate: AudioFormat.sampleRate, channelCount: 1, encoding: .int16))
      var bytes: [UInt8] = []
      bytes.reserveCapacity(2 * samples.count)
      for index in samples.indices {
        let bits = UInt16(bitPattern: samples[index])
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
      }
      try writer.write(bytes.span)
      try writer.updateHeader()
      _ = consume writer
      try sync(path)
    } catch {
      unsafe unlink(path)
      throw error
    }
  }

  private static func sync(_ path: String) throws(AudioError) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .system(path: path, operation: "open", code: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw .system(path: path, operation: "sync", code: errno)
    }
  }
}
