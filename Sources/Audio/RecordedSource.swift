// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// A recording with its sidecar as a source: the pieces that were heard when it was recorded, gaps
/// and restarts included.
///
/// A recording that breaks off, as after a crash, is read to where both its files are good.
package struct RecordedSource: ~Copyable, AudioSource {
  /// What events of the recording give as their source.
  package let sourceName: String

  /// 16 kHz index from which on another model or other thresholds decided; nil if none did.
  package private(set) var reconfiguredAt: Int?

  /// 16 kHz index of the first frames that were heard and are not in the recording, and how many
  /// there are in all; nil where there are none.
  package private(set) var unrecordedAt: Int?
  package private(set) var unrecordedFrameCount = 0

  /// Whether the recording ended as it should; known once the end is reached.
  package private(set) var isComplete = false

  /// Samples so far whose magnitude was above 1 before clipping.
  package var clippedSampleCount: Int { stream.clippedSampleCount }

  /// Frames read so far, at the rates they had.
  package var readFrameCount: Int { handle.nextFrame }

  private var handle: SoundFileHandle
  private var sidecar: SidecarReader
  private var stream: CaptureStream
  private var frames: AlignedBuffer<UInt8>
  private var mark: RecordingMark?
  private var hasEnded = false

  /// Whether the sound file at `path` has a sidecar; if not, it is one for `SoundFileSource`.
  package static func hasSidecar(path: String) -> Bool { SidecarReader.exists(for: path) }

  /// Opens the recording at `path` and its sidecar `path.jsonl`.
  ///
  /// - Throws: as `SoundFileSource.init`, and `AudioError.sidecar`.
  package init(path: String) throws(AudioError) {
    let handle = try SoundFileHandle(path: path)
    var sidecar = try SidecarReader(for: path)
    let format = sidecar.format
    try Self.compare("rate", sidecar.path, "\(handle.rate)", "\(format.rate)")
    try Self.compare(
      "channels", sidecar.path, "\(handle.channelCount)", "\(format.channelCount)")
    try Self.compare(
      "encoding", sidecar.path, handle.encoding.map { $0.rawValue } ?? "none of them",
      format.encoding.rawValue)
    let mark = try sidecar.next()
    let stream = try CaptureStream(format: format)
    frames = AlignedBuffer(zeroed: stream.appendLimit * format.frameByteCount)
    sourceName = sidecar.source
    self.handle = handle
    self.sidecar = sidecar
    self.stream = stream
    self.mark = mark
  }

  private static func compare(
    _ field: String, _ path: String, _ expected: String, _ found: String
  ) throws(AudioError) {
    guard expected == found else {
      throw .sidecar(path: path, line: 1, field: field, .differs(expected: expected, found: found))
    }
  }

  /// Writes the next samples to the front of `samples`.
  ///
  /// - Throws: `AudioError.damaged`, `.sidecar`; the pieces of earlier calls stay good.
  package mutating func read(
    into samples: inout MutableSpan<Float>
  ) throws(AudioError) -> AudioPiece {
    while true {
      if let piece = try stream.next(into: &samples) { return piece }
      if let mark, mark.frame == handle.nextFrame {
        try apply(mark)
        self.mark = hasEnded ? nil : try sidecar.next()
      } else {
        try readBlock()
      }
      if hasEnded { stream.finish() }
    }
  }

  private mutating func apply(_ mark: RecordingMark) throws(AudioError) {
    switch mark.kind {
    case .gap(let frameCount, let cause, let isBridged):
      stream.appendGap(frameCount: frameCount, cause: cause, isBridged: isBridged)
    case .rate(let rate):
      var format = stream.format
      format.rate = rate
      try stream.change(format: format)
    case .reconfigured: reconfiguredAt = reconfiguredAt ?? stream.appendPosition
    case .unrecorded(let frameCount):
      unrecordedAt = unrecordedAt ?? stream.appendPosition
      unrecordedFrameCount += frameCount
      stream.appendGap(frameCount: frameCount, cause: .unrecorded)
    case .end:
      isComplete = true
      hasEnded = true
    }
  }

  /// Reads the frames up to the next mark, a block at most.
  private mutating func readBlock() throws(AudioError) {
    let limit = min(stream.appendLimit, (mark?.frame ?? .max) - handle.nextFrame)
    let frameCount = try handle.readBytes(frameCount: limit, into: &frames)
    if frameCount == 0 {
      hasEnded = true
    } else {
      Self.append(frames, frameCount * stream.format.frameByteCount, to: &stream)
    }
  }

  private static func append(
    _ frames: borrowing AlignedBuffer<UInt8>, _ byteCount: Int, to stream: inout CaptureStream
  ) {
    stream.append(frames.span.extracting(0..<byteCount))
  }
}
