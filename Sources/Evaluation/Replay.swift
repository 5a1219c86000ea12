// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
import Buffers
package import KeywordSpotting

/// Runs a source of audio through a spotter to its end.
package struct Replay: ~Copyable {
  /// Samples that are read at a time.
  private static let blockLength = 16_384

  private var spotter: KeywordSpotter
  private var block = AlignedBuffer<Float>(zeroed: blockLength)

  package init(plan: SpottingPlan) {
    spotter = KeywordSpotter(plan: plan)
  }

  /// Reads `source` to its end from a stream that starts anew, and hands on every detection.
  ///
  /// - Parameters:
  ///   - tailLength: samples of digital zero that follow the source's own. A microphone goes on
  ///     after a word, a recording may end with it.
  ///   - report: takes detections in the order of their decision.
  /// - Returns: the samples of the source.
  /// - Throws: `AudioError`, and whatever `report` throws.
  package mutating func run(
    _ source: inout some AudioSource & ~Copyable, tailLength: Int = 0,
    report: (Detection) throws -> Void
  ) throws -> Int {
    spotter.reset()
    var sampleCount = 0
    reading: while true {
      var room = block.mutableSpan
      switch try source.read(into: &room) {
      case .samples(let count):
        sampleCount += count
        try push(count, report: report)
      case .restart: spotter.reset()
      case .idle: continue
      case .end: break reading
      }
    }
    var room = block.mutableSpan
    for index in room.indices { room[index] = 0 }
    var left = tailLength
    while left > 0 {
      let count = min(left, Self.blockLength)
      try push(count, report: report)
      left -= count
    }
    return sampleCount
  }

  private mutating func push(_ count: Int, report: (Detection) throws -> Void) throws {
    var start = 0
    while true {
      let progress = Self.push(block, start..<count, &spotter)
      start += progress.consumedSampleCount
      guard let detection = progress.detection else { return }
      try report(detection)
    }
  }

  // A span of one stored property and a change of another do not live side by side in one
  // expression; this takes them apart.
  private static func push(
    _ block: borrowing AlignedBuffer<Float>, _ range: Range<Int>, _ spotter: inout KeywordSpotter
  ) -> SpottingProgress {
    spotter.push(block.span.extracting(range))
  }
}
