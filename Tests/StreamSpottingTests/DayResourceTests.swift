// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Foundation
import KeywordSpotting
import StreamSpotting
import Testing
import ToneModel

/// A device that gives the same three seconds of sound again and again, and now and then loses frames.
struct LoopedDevice: ~Copyable, AudioSource {
  private(set) var stream: CaptureStream
  private let loop: [UInt8]
  private let secondCount: Int
  private var periodCount = 0

  static let format = CaptureFormat(rate: 48_000, channelCount: 2, encoding: .int16)

  init(secondCount: Int) throws {
    stream = try CaptureStream(format: Self.format)
    self.secondCount = secondCount
    let tone = signal(48_000, [(4_000..<11_000, 400)])
    loop = (0..<144_000).flatMap { frame in
      let value = UInt16(bitPattern: Int16(tone[frame / 3] * 20_000))
      let bytes = [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
      return bytes + bytes
    }
  }

  mutating func read(into samples: inout MutableSpan<Float>) throws(AudioError) -> AudioPiece {
    let loop = self.loop
    while true {
      if let piece = try stream.next(into: &samples) { return piece }
      guard periodCount < 50 * secondCount else {
        stream.finish()
        continue
      }
      periodCount += 1
      switch periodCount % 9_001 {
      case 100: stream.appendGap(frameCount: 777, cause: .overrun)
      case 200: stream.appendGap(frameCount: 480_001, cause: .suspended)
      default:
        let start = periodCount % 150 * 3_840
        stream.append(loop.span.extracting(start..<start + 3_840))
      }
    }
  }
}

@Suite struct DayResourceTests {
  /// Bytes of this process that are in memory.
  private static func residentByteCount() -> Int {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
  }

  @Test func `a day of sound takes no more memory than an hour, and no sample is lost`() async {
    // A process of its own: nothing else grows meanwhile.
    await #expect(processExitsWith: .success) {
      let plan = try SpottingPlan(model: toneModel(), nearMissRatio: 0.5)
      var line = SpottingLine(plan: plan, keepsRecentSamples: true)
      var source = try LoopedDevice(secondCount: 24 * 3600)
      var afterAnHour = 0
      var detectionCount = 0
      var heardCount = 0
      var skippedCount = 0
      hearing: while true {
        let before = line.position
        switch try line.step(&source) {
        case .detection: detectionCount += 1
        case .samples(let count): heardCount += count
        case .restarted(let at): skippedCount += at - before
        case .idle: exit(2)
        case .end: break hearing
        }
        if afterAnHour == 0 && line.position > 3600 * 16_000 {
          afterAnHour = DayResourceTests.residentByteCount()
        }
      }
      let frameCount = source.stream.capturedFrameCount + source.stream.lostFrameCount
      let growth = DayResourceTests.residentByteCount() - afterAnHour
      // Every stretch is rounded to whole samples: at most half of one is open at the end.
      let isWhole =
        heardCount + skippedCount == line.position && abs(line.position * 3 - frameCount) <= 3
      exit(isWhole && growth < 1 << 18 && detectionCount > 25_000 ? 0 : 1)
    }
  }
}
