// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import ToneModel

/// Tones at random times in a random format.
struct RandomSound {
  let format: CaptureFormat

  /// Interleaved frames in the format.
  let bytes: [UInt8]

  var frameCount: Int { bytes.count / format.frameByteCount }

  init(_ generator: inout CounterBasedGenerator) {
    let rates = [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000]
    let encodings: [SampleEncoding] = [.int16, .int32, .float32]
    format = CaptureFormat(
      rate: rates[Int.random(in: 0..<rates.count, using: &generator)],
      channelCount: Int.random(in: 1...3, using: &generator),
      encoding: encodings[Int.random(in: 0..<encodings.count, using: &generator)])
    let tones = Self.tones(secondCount: 6, &generator)
    var bytes: [UInt8] = []
    for frame in 0..<6 * format.rate {
      let sample = tones[frame * 16_000 / format.rate]
      for _ in 0..<format.channelCount { Self.append(sample, format.encoding, to: &bytes) }
    }
    self.bytes = bytes
  }

  /// Samples at 16 kHz: faint noise, and in every two seconds a low or a high tone.
  static func tones(secondCount: Int, _ generator: inout CounterBasedGenerator) -> [Float] {
    let tones = stride(from: 16_000, to: 16_000 * secondCount - 16_000, by: 32_000).map { second in
      let start = second + Int.random(in: 0..<12_000, using: &generator)
      let length = Int.random(in: 5_000...12_000, using: &generator)
      return (start..<start + length, frequency: Bool.random(using: &generator) ? 400.0 : 2_400)
    }
    return signal(16_000 * secondCount, tones)
  }

  private static func append(_ sample: Float, _ encoding: SampleEncoding, to bytes: inout [UInt8]) {
    let (word, byteCount): (UInt32, Int) =
      switch encoding {
      case .float32: (sample.bitPattern, 4)
      case .int32: (UInt32(bitPattern: Int32(sample * 0x1p30)), 4)
      default: (UInt32(truncatingIfNeeded: Int32(sample * 32_767)), 2)
      }
    for byte in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * byte))) }
  }
}

/// A live source of a sound: periods and rooms of random lengths, idle times, and gaps where asked.
struct RandomDevice: ~Copyable, AudioSource {
  private var stream: CaptureStream
  private let sound: RandomSound
  private let hasGaps: Bool
  private var generator: CounterBasedGenerator
  private var frame = 0

  init(
    _ sound: RandomSound, recorder: CaptureRecorder?, hasGaps: Bool,
    generator: CounterBasedGenerator
  ) throws {
    stream = try CaptureStream(format: sound.format, recorder: recorder)
    self.sound = sound
    self.hasGaps = hasGaps
    self.generator = generator
    // Other pieces with a recorder than without.
    if recorder != nil { _ = self.generator.next() }
  }

  mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece {
    let largest = Int.random(in: 0..<4, using: &generator) == 0 ? 5 : samples.count
    var chunk = [Float](repeating: 0, count: Int.random(in: 1...largest, using: &generator))
    while true {
      var room = chunk.mutableSpan
      if let piece = try stream.next(into: &room) {
        if case .samples(let count) = piece {
          for index in 0..<count { samples[index] = chunk[index] }
        }
        return piece
      }
      let turn = Int.random(in: 0..<150, using: &generator)
      if frame == sound.frameCount {
        stream.finish()
      } else if turn == 0 {
        return .idle
      } else if turn < 4 && hasGaps {
        // Some are bridged, some are not.
        let length = Int.random(in: 1...sound.format.rate, using: &generator)
        stream.appendGap(frameCount: length, cause: .overrun)
      } else {
        appendFrames()
      }
    }
  }

  private mutating func appendFrames() {
    let largest = min(stream.appendLimit, sound.format.rate / 20, sound.frameCount - frame)
    let count = Int.random(in: 1...largest, using: &generator)
    let size = sound.format.frameByteCount
    let bytes = sound.bytes
    stream.append(bytes.span.extracting(frame * size..<(frame + count) * size))
    frame += count
  }
}
