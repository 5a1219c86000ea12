// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// Captured frames and gaps in, 16 kHz pieces out: the one code that the microphone and the replay
/// of its recording run, so that both give the same pieces.
///
/// Time goes on through gaps. A gap of at most `longestBridgedGapSeconds` becomes digital zeros at
/// the device's rate, which go through mixing and resampling like frames; a longer one ends the
/// resampler's stream and restarts the samples behind it, see `AudioPiece.restart`. n frames, gaps
/// included, at a rate r since the last change of format end at sample round(n * 16000 / r).
///
/// Frames, gaps and changes go in while `next` has nothing to give:
///
///     while let piece = try stream.next(into: &room) { hear(piece) }
///     stream.append(frames)
///
/// `append`, `appendGap` and `next` allocate nothing once the resampler's buffers have grown.
package struct CaptureStream: ~Copyable {
  /// A gap of at most this length does not reset what listens.
  package static let longestBridgedGapSeconds = 0.5

  /// The form of the frames that go in.
  package private(set) var format: CaptureFormat

  /// 16 kHz index of the next sample that `next` gives.
  package private(set) var position = 0

  /// Frames that were appended, at the rates they had.
  package private(set) var capturedFrameCount = 0

  /// Frames of all gaps, at the rates they had.
  package private(set) var lostFrameCount = 0

  /// Captured samples that were infinite or not a number, which were taken for 0.
  package private(set) var notFiniteSampleCount = 0

  private let recorder: CaptureRecorder?
  /// A copy of frames to be recorded, of which some samples are not finite.
  private var finiteFrames: AlignedBuffer<UInt8>
  private var line: MonoLine
  /// The line of a format that was changed to, until the old one is empty.
  private var nextLine: MonoLine?
  private var earlierClippedSampleCount = 0

  /// The index at which the present format began, and the frames since, gaps included.
  private var formatStart = 0
  private var formatFrameCount = 0

  private var bridgeFrameCount = 0
  private var isFlushing = false
  private var hasRestart = false
  private var hasFinished = false

  /// Checks the format and allocates.
  ///
  /// - Parameter recorder: Gets all that goes in; made for the same format.
  /// - Throws: `AudioError.captureRate`, `.captureChannelCount`, `.resampling`.
  package init(
    format: CaptureFormat, recorder: CaptureRecorder? = nil
  ) throws(AudioError) {
    try format.check()
    let line = try MonoLine(rate: format.rate, channelCount: format.channelCount)
    self.format = format
    self.recorder = recorder
    let isCopied = recorder != nil && format.encoding == .float32
    finiteFrames = AlignedBuffer(
      zeroed: isCopied ? line.blockFrameCount * format.frameByteCount : 0)
    self.line = line
    nextLine = nil
  }

  /// Most frames that one call of `append` takes.
  package var appendLimit: Int { line.blockFrameCount }

  /// Samples so far whose magnitude was above 1 before clipping.
  package var clippedSampleCount: Int { earlierClippedSampleCount + line.clippedSampleCount }

  /// Whether frames, gaps and changes may go in: `next` has nothing to give.
  package var isDrained: Bool {
    line.isDrained && bridgeFrameCount == 0 && !isFlushing && !hasRestart
  }

  /// 16 kHz index of the next frame that goes in: `position`, and what the resampler holds back.
  ///
  /// Only while `isDrained`.
  package var appendPosition: Int {
    formatStart + (2 * formatFrameCount * AudioFormat.sampleRate + format.rate) / (2 * format.rate)
  }

  /// Takes captured frames.
  ///
  /// - Parameter frames: Whole interleaved frames in `format`, at most `appendLimit`.
  /// - Precondition: `isDrained`.
  package mutating func append(_ frames: Span<UInt8>) {
    precondition(isDrained && !hasFinished, "pieces are waiting")
    let frameCount = frames.count / format.frameByteCount
    precondition(frameCount * format.frameByteCount == frames.count, "frames are not whole")
    precondition(frameCount <= appendLimit, "too many frames")
    let notFiniteCount = format.encoding.decode(
      frames, sampleCount: frameCount * format.channelCount, into: &line.interleaved)
    notFiniteSampleCount += notFiniteCount
    record(frames, isFinite: notFiniteCount == 0)
    line.mix(frameCount: frameCount)
    capturedFrameCount += frameCount
    formatFrameCount += frameCount
  }

  /// Takes a gap: `frameCount` frames that the device gave, or would have given, are missing.
  ///
  /// - Precondition: `isDrained`; `frameCount` is in 0...2^44.
  package mutating func appendGap(frameCount: Int, cause: GapCause) {
    precondition(isDrained && !hasFinished, "pieces are waiting")
    precondition((0...1 << 44).contains(frameCount), "gap length out of range")
    guard frameCount > 0 else { return }
    let limit = Int(Self.longestBridgedGapSeconds * Double(format.rate))
    appendGap(frameCount: frameCount, cause: cause, isBridged: frameCount <= limit)
  }

  /// Takes a gap and what is to be done about it.
  mutating func appendGap(frameCount: Int, cause: GapCause, isBridged: Bool) {
    recorder?.markGap(frameCount: frameCount, cause: cause, isBridged: isBridged)
    lostFrameCount += frameCount
    formatFrameCount += frameCount
    if isBridged {
      bridgeFrameCount = frameCount
    } else {
      isFlushing = true
      hasRestart = true
    }
  }

  /// Goes on in another format: the device came back different, or its real rate was found out.
  ///
  /// What listens restarts. Allocates.
  /// - Throws: as `init`; then the format stays.
  /// - Precondition: `isDrained`.
  package mutating func change(format: CaptureFormat) throws(AudioError) {
    precondition(isDrained && !hasFinished, "pieces are waiting")
    try format.check()
    nextLine = try MonoLine(rate: format.rate, channelCount: format.channelCount)
    recorder?.markChange(to: format)
    self.format = format
    isFlushing = true
    hasRestart = true
  }

  /// Ends the stream and its recording: `next` gives what the resampler holds, then `.end` for ever.
  ///
  /// - Precondition: `isDrained`.
  package mutating func finish() {
    guard !hasFinished else { return }
    precondition(isDrained, "pieces are waiting")
    recorder?.end()
    hasFinished = true
    isFlushing = true
  }

  /// Writes the next samples to the front of `samples` and returns what came; nil asks for more
  /// frames.
  ///
  /// Never gives `AudioPiece.idle`.
  /// - Precondition: `samples` is not empty.
  package mutating func next(
    into samples: inout MutableSpan<Float>
  ) throws(AudioError) -> AudioPiece? {
    precondition(!samples.isEmpty, "no room for samples")
    while true {
      if !line.isDrained {
        let count = try line.drain(into: &samples)
        if count > 0 { return give(count) }
      } else if bridgeFrameCount > 0 {
        let count = min(bridgeFrameCount, line.blockFrameCount)
        line.fill(zeroFrameCount: count)
        bridgeFrameCount -= count
      } else if isFlushing {
        let count = try line.flush(into: &samples)
        if count > 0 { return give(count) }
        isFlushing = false
        if hasRestart { try restartLine() }
      } else if hasRestart {
        hasRestart = false
        return .restart(at: position)
      } else {
        return hasFinished ? .end : nil
      }
    }
  }

  private mutating func record(_ frames: Span<UInt8>, isFinite: Bool) {
    guard let recorder else { return }
    // After a change of encoding the recorder has ended.
    if isFinite || finiteFrames.count < frames.count {
      recorder.append(frames)
    } else {
      Self.copyFinite(frames, to: &finiteFrames)
      recorder.append(finiteFrames.span.extracting(0..<frames.count))
    }
  }

  /// Copies samples in single precision, with 0 for those that are infinite or not a number.
  private static func copyFinite(_ frames: Span<UInt8>, to target: inout AlignedBuffer<UInt8>) {
    var bytes = target.mutableSpan
    for start in stride(from: 0, to: frames.count, by: 4) {
      let isFinite = frames[start + 3] & 0x7f != 0x7f || frames[start + 2] & 0x80 == 0
      for byte in start..<start + 4 { bytes[byte] = isFinite ? frames[byte] : 0 }
    }
  }

  private mutating func give(_ count: Int) -> AudioPiece {
    position += count
    return .samples(count)
  }

  /// Makes the line ready for the frames behind a long gap or a change of format.
  private mutating func restartLine() throws(AudioError) {
    if let next = nextLine.take() {
      earlierClippedSampleCount += line.clippedSampleCount
      line = next
      formatStart = position
      formatFrameCount = 0
    } else {
      try line.reset()
      position = appendPosition
    }
  }
}
