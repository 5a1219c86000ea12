// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Interleaved frames of one rate to 16 kHz mono in [-1, 1): mean of the channels, resampling,
/// clipping.
///
/// The one code that sound files, the microphone and the replay of its recording go through. Fill
/// `interleaved`, call `mix`, then `drain` until `isDrained`; at the end of the stream `flush` until
/// it gives 0.
struct MonoLine: ~Copyable {
  let channelCount: Int

  /// Most frames that go in at once.
  let blockFrameCount: Int

  /// Where the next frames are written.
  var interleaved: AlignedBuffer<Float>

  /// Samples so far whose magnitude was above 1 before clipping.
  private(set) var clippedSampleCount = 0

  private var resampler: Resampler?
  /// `mono[monoStart..<monoEnd]` waits for the resampler.
  private var mono: AlignedBuffer<Float>
  private var monoStart = 0
  private var monoEnd = 0

  /// Plans the filter and allocates.
  ///
  /// - Precondition: `rate` is one of `Resampler.supportedRates`; there is a channel.
  init(rate: Int, channelCount: Int) throws(AudioError) {
    self.channelCount = channelCount
    blockFrameCount = Self.blockFrameCount(channelCount: channelCount)
    interleaved = AlignedBuffer(zeroed: blockFrameCount * channelCount)
    mono = AlignedBuffer(zeroed: blockFrameCount)
    resampler = rate == AudioFormat.sampleRate ? nil : try Resampler(inputRate: rate)
  }

  /// Most frames of `channelCount` channels that go in at once.
  static func blockFrameCount(channelCount: Int) -> Int { max(1, min(4096, 65_536 / channelCount)) }

  /// Whether all frames that went in have gone to the resampler, which may hold some back.
  var isDrained: Bool { monoStart == monoEnd }

  /// Takes the first `frameCount` frames of `interleaved`.
  ///
  /// - Precondition: `isDrained`.
  mutating func mix(frameCount: Int) {
    precondition(isDrained, "frames are waiting")
    Self.mix(interleaved, channelCount: channelCount, frameCount: frameCount, into: &mono)
    monoStart = 0
    monoEnd = frameCount
  }

  /// Takes `frameCount` frames of digital zero.
  ///
  /// - Precondition: `isDrained`; `frameCount <= blockFrameCount`.
  mutating func fill(zeroFrameCount frameCount: Int) {
    precondition(isDrained, "frames are waiting")
    var target = mono.mutableSpan
    for index in 0..<frameCount { target[index] = 0 }
    monoStart = 0
    monoEnd = frameCount
  }

  /// Moves waiting frames on and writes what comes of them to the front of `samples`.
  ///
  /// - Returns: the samples written; may be 0 while the resampler holds them back.
  mutating func drain(into samples: inout MutableSpan<Float>) throws(AudioError) -> Int {
    guard !isDrained else { return 0 }
    let progress = try Self.move(mono, monoStart..<monoEnd, through: &resampler, into: &samples)
    monoStart += progress.consumedSampleCount
    clippedSampleCount += Self.clip(&samples, count: progress.producedSampleCount)
    return progress.producedSampleCount
  }

  /// Writes what the resampler still holds after the last frame; 0 once all of it is out.
  ///
  /// In all, n frames at rate r give round(n * 16000 / r) samples.
  mutating func flush(into samples: inout MutableSpan<Float>) throws(AudioError) -> Int {
    precondition(isDrained, "frames are waiting")
    let count = try resampler?.finish(into: &samples) ?? 0
    clippedSampleCount += Self.clip(&samples, count: count)
    return count
  }

  /// Forgets all frames; the count of clipped samples stays.
  mutating func reset() throws(AudioError) {
    monoStart = 0
    monoEnd = 0
    try resampler?.reset()
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
