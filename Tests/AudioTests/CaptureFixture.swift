// SPDX-License-Identifier: GPL-3.0-or-later

import Audio

/// What goes into a captured stream.
enum CaptureStep {
  case frames([UInt8])
  case gap(Int, GapCause)
  case change(CaptureFormat)
}

/// What came out: runs of samples, each with the index of its first one.
struct Heard: Equatable {
  struct Stretch: Equatable {
    var at: Int
    var samples: [Float] = []
  }

  var stretches = [Stretch(at: 0)]

  /// The index behind the last sample.
  var end: Int { stretches[stretches.count - 1].at + stretches[stretches.count - 1].samples.count }

  /// Takes a piece; false at the end.
  mutating func take(_ piece: AudioPiece, _ samples: [Float]) -> Bool {
    switch piece {
    case .samples(let count): stretches[stretches.count - 1].samples += samples[..<count]
    case .restart(let at): stretches.append(Stretch(at: at))
    case .idle: break
    case .end: return false
    }
    return true
  }
}

/// Takes all that `stream` has to give now.
func drain(
  _ stream: inout CaptureStream, into heard: inout Heard, by size: Int = 1000
) throws(AudioError) {
  var chunk = [Float](repeating: .nan, count: size)
  while true {
    var room = chunk.mutableSpan
    guard let piece = try stream.next(into: &room), heard.take(piece, chunk) else { return }
  }
}

/// Sends `steps` through `stream`, `frameCount` frames at a time, and ends it.
func run(
  _ steps: [CaptureStep], through stream: inout CaptureStream, by frameCount: Int = 4096,
  readingBy size: Int = 1000, pause: () -> Void = {}
) throws(AudioError) -> Heard {
  var heard = Heard()
  for step in steps {
    switch step {
    case .frames(let bytes):
      let byteCount = min(frameCount, stream.appendLimit) * stream.format.frameByteCount
      var start = 0
      while start < bytes.count {
        let end = min(start + byteCount, bytes.count)
        stream.append(bytes.span.extracting(start..<end))
        try drain(&stream, into: &heard, by: size)
        start = end
        pause()
      }
    case .gap(let count, let cause): stream.appendGap(frameCount: count, cause: cause)
    case .change(let format): try stream.change(format: format)
    }
    try drain(&stream, into: &heard, by: size)
  }
  stream.finish()
  try drain(&stream, into: &heard, by: size)
  return heard
}

/// Everything that a recording gives.
func replay(_ source: inout RecordedSource, by size: Int = 777) throws(AudioError) -> Heard {
  var heard = Heard()
  var chunk = [Float](repeating: .nan, count: size)
  while true {
    var room = chunk.mutableSpan
    let piece = try source.read(into: &room)
    if !heard.take(piece, chunk) { return heard }
  }
}

/// Noise as a device of `format` gives it.
func frames(_ format: CaptureFormat, count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  func value() -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(Int32(truncatingIfNeeded: state >> 33)) - 1 << 30
  }
  return (0..<count * format.channelCount).flatMap { _ in
    switch format.encoding {
    case .int16: WaveBytes.word(value() >> 16, 2)
    case .int24: WaveBytes.word(value() >> 8, 3)
    // What a driver leaves in the fourth byte is nothing to hear.
    case .int24In32: WaveBytes.word(value() & 0xff_ffff | 0x5a00_0000, 4)
    case .int32: WaveBytes.word(value(), 4)
    case .float32: WaveBytes.word(Int((Float(value()) / 2_147_483_648).bitPattern), 4)
    }
  }
}
