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
  package private(set) var clippedSampleCount = 0

  private var handle: SoundFileHandle
  private var resampler: Resampler?
  private let blockFrameCount: Int
  private var hasEnded = false
  private var interleaved: AlignedBuffer<Float>
  /// `mono[monoStart..<monoEnd]` waits for the resampler.
  private var mono: AlignedBuffer<Float>
  private var monoStart = 0
  private var monoEnd = 0

  /// Opens the file and allocates everything that reading needs.
  package init(path: String) throws(AudioError) {
    let handle = try SoundFileHandle(path: path)
    let resampler =
      handle.rate == AudioFormat.sampleRate ? nil : try Resampler(inputRate: handle.rate)
    blockFrameCount = max(1, min(4096, 65_536 / handle.channelCount))
    interleaved = AlignedBuffer(zeroed: blockFrameCount * handle.channelCount)
    mono = AlignedBuffer(zeroed: blockFrameCount)
    self.handle = handle
    self.resampler = resampler
  }

  /// Writes the next samples to the front of `samples` and returns how many, 0 only at the end.
  ///
  /// - Throws: `AudioError.notFinite`, `.damaged`; the samples of earlier calls stay good.
  package mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError) -> Int {
    precondition(!samples.isEmpty, "no room for samples")
    var count = 0
    while count == 0 {
      if monoStart == monoEnd && !hasEnded { try readBlock() }
      if monoStart < monoEnd {
        count = try drain(into: &samples)
      } else {
        count = try resampler?.finish(into: &samples) ?? 0
        break
      }
    }
    clippedSampleCount += Self.clip(&samples, count: count)
    return count
  }

  /// Reads and mixes the next block of the file.
  private mutating func readBlock() throws(AudioError) {
    let firstFrame = handle.nextFrame
    let frameCount = try handle.read(frameCount: blockFrameCount, into: &interleaved)
    hasEnded = frameCount == 0
    let channelCount = handle.channelCount
    if let bad = Self.firstNotFinite(interleaved.span, count: frameCount * channelCount) {
      throw .notFinite(
        path: handle.path, frame: firstFrame + bad / channelCount, channel: bad % channelCount)
    }
    Self.mix(interleaved, channelCount: channelCount, frameCount: frameCount, into: &mono)
    monoStart = 0
    monoEnd = frameCount
  }

  /// Moves waiting mono samples out, through the resampler where there is one.
  private mutating func drain(into samples: inout MutableSpan<Float>) throws(AudioError) -> Int {
    let progress = try Self.move(mono, monoStart..<monoEnd, through: &resampler, into: &samples)
    monoStart += progress.consumedSampleCount
    return progress.producedSampleCount
  }

  private static func move(
    _ mono: borrowing AlignedBuffer<Float>, _ range: Range<Int>,
    through resampler: inout Resampler?, into samples: inout MutableSpan<Float>
  ) throws(AudioError) -> Resampler.Progress {
    let waiting = mono.span.extracting(range)
    if let progress = try resampler?.process(waiting, into: &samples) { return progress }
    let count = min(waiting.count, samples.count)
    for index in 0..<count { samples[index] = waiting[index] }
    return Resampler.Progress(consumedSampleCount: count, producedSampleCount: count)
  }

  private static func mix(
    _ interleaved: borrowing AlignedBuffer<Float>, channelCount: Int, frameCount: Int,
    into mono: inout AlignedBuffer<Float>
  ) {
    let source = interleaved.span
    var target = mono.mutableSpan
    for frame in 0..<frameCount {
      var sum: Float = 0
      for channel in 0..<channelCount { sum += source[frame * channelCount + channel] }
      target[frame] = sum / Float(channelCount)
    }
  }

  private static func firstNotFinite(_ samples: Span<Float>, count: Int) -> Int? {
    for index in 0..<count where !samples[index].isFinite { return index }
    return nil
  }

  /// Limits the first `count` samples to [-1, 1) and returns how many lay past 1 in magnitude.
  private static func clip(_ samples: inout MutableSpan<Float>, count: Int) -> Int {
    var clipped = 0
    for index in 0..<count {
      let sample = samples[index]
      if sample.magnitude > 1 { clipped += 1 }
      samples[index] = min(max(sample, -1), AudioFormat.largestSample)
    }
    return clipped
  }
}
