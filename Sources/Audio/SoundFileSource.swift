// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// A sound file as a stream: WAV, FLAC, Ogg Vorbis, Opus, MP3 and what else libsndfile reads.
///
/// Channels are mixed by their mean, then any rate from 4 to 384 kHz is resampled; 16 kHz mono of
/// 16 bits passes exactly as integer / 32768. What then reaches past [-1, 1) is clipped and counted.
///
/// A WAV that ends before its header says is read to where it ends, and `missingFrameCount` tells:
/// a recording cut off by a crash or a full disk is still speech, and only the caller knows whether
/// that matters. A decoder that loses its way in a compressed file gives `AudioError.damaged`, as
/// nothing tells a cut there from damage with more sound behind it; what came before was given.
package struct SoundFileSource: ~Copyable, AudioSource {
  /// The file's own samples per second.
  package var rate: Int { handle.rate }

  /// The file's own channel count.
  package var channelCount: Int { handle.channelCount }

  /// The frame count that the file's header declares, nil where it says nothing (a pipe).
  package var declaredFrameCount: Int? { handle.declaredFrameCount }

  /// Frames read so far, in the file's own rate.
  package var readFrameCount: Int { handle.nextFrame }

  /// Declared frames that were not there, known once the end is reached.
  package var missingFrameCount: Int {
    hasEnded ? max((handle.declaredFrameCount ?? 0) - handle.nextFrame, 0) : 0
  }

  /// Samples so far whose magnitude was above 1 before clipping.
  package var clippedSampleCount: Int { line.clippedSampleCount }

  private var handle: SoundFileHandle
  private var line: MonoLine
  private var hasEnded = false

  /// Opens the file and allocates everything that reading needs.
  package init(path: String) throws(AudioError) {
    let handle = try SoundFileHandle(path: path)
    line = try MonoLine(rate: handle.rate, channelCount: handle.channelCount)
    self.handle = handle
  }

  /// Writes the next samples to the front of `samples`.
  ///
  /// - Throws: `AudioError.notFinite`, `.damaged`; the samples of earlier calls stay good.
  package mutating func read(
    into samples: inout MutableSpan<Float>
  ) throws(AudioError) -> AudioPiece {
    precondition(!samples.isEmpty, "no room for samples")
    while true {
      if line.isDrained && !hasEnded { try readBlock() }
      let count = try hasEnded ? line.flush(into: &samples) : line.drain(into: &samples)
      if count > 0 { return .samples(count) }
      if hasEnded { return .end }
    }
  }

  /// Reads and mixes the next block of the file.
  private mutating func readBlock() throws(AudioError) {
    let firstFrame = handle.nextFrame
    let frameCount = try handle.read(frameCount: line.blockFrameCount, into: &line.interleaved)
    hasEnded = frameCount == 0
    if let bad = Self.firstNotFinite(line.interleaved.span, count: frameCount * channelCount) {
      throw .notFinite(
        path: handle.path, frame: firstFrame + bad / channelCount, channel: bad % channelCount)
    }
    line.mix(frameCount: frameCount)
  }

  private static func firstNotFinite(_ samples: Span<Float>, count: Int) -> Int? {
    for index in 0..<count where !samples[index].isFinite { return index }
    return nil
  }
}
