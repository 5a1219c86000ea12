// SPDX-License-Identifier: GPL-3.0-or-later

package import Audio
package import KeywordSpotting
import StreamSpotting

/// Runs a source of audio through a spotter to its end.
package struct Replay: ~Copyable {
  private var line: SpottingLine

  package init(plan: SpottingPlan) {
    line = SpottingLine(plan: plan)
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
    line.reset()
    var sampleCount = 0
    hearing: while true {
      switch try line.step(&source) {
      case .samples(let count): sampleCount += count
      case .detection(let detection): try report(detection)
      case .restarted, .idle: continue
      case .end: break hearing
      }
    }
    var left = tailLength
    while left > 0 {
      switch line.hearSilence(count: left) {
      case .samples(let count): left -= count
      case .detection(let detection): try report(detection)
      case .restarted, .idle, .end: break
      }
    }
    return sampleCount
  }
}
