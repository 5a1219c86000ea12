// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import SpeechDatasets
import SpeechFeatures
import Testing

/// Running speech put together from words, seen from outside.
@Suite struct SplicedSpeechTests {
  /// What a frame holds of the set below.
  private enum Sound { case firstHalf, secondHalf, other, none }

  private let folder = try! TemporaryFolder()

  /// The word "yes" has 40 frames: bins 0 to 9 sound in its first half, 10 to 19 in its second; "tree"
  /// sounds in bins 20 to 29. "tree" is 10 dB louder.
  private func data(_ splicedSpeech: Float?) throws -> TrainingData {
    var files = LogMelFiles()
    func sounds(_ frames: Range<Int>, _ bins: Range<Int>, _ byte: UInt8 = 200)
      -> (Int, Int) -> UInt8
    {
      { frame, bin in frames.contains(frame) && bins.contains(bin) ? byte : 20 }
    }
    for clip in 0..<100 {
      let split = clip < 80 ? "training" : "validation"
      let first = 10 + clip % 30
      files.add("yes", "y\(clip)", split) { frame, bin in
        sounds(first..<first + 20, 0..<10)(frame, bin) == 200
          || sounds(first + 20..<first + 40, 10..<20)(frame, bin) == 200 ? 200 : 20
      }
      files.add("tree", "t\(clip)", split, sounds(first..<first + 30, 20..<30, 223))
    }
    for clip in 0..<40 { files.add("_background_noise_", "n\(clip)", "noise") { _, _ in 20 } }
    let path = try files.write(to: folder)
    var augmentation = AugmentationConfiguration()
    augmentation.quiet()
    augmentation.splicedSpeech = splicedSpeech
    return try TrainingData(
      sources: [.logMel(path: path)], keywords: ["yes"], features: FeatureConfiguration(),
      batchSize: 8, seed: 5, augmentation: augmentation)
  }

  private func clips(_ data: TrainingData, label: Int) throws -> [[Float]] {
    try (0..<2).flatMap { epoch in
      try (0..<data.batchCount).flatMap { index in
        let batch = try data.batch(epoch: epoch, index: index)
        return batch.labels.indices.filter { batch.labels[$0] == label }.map { clip in
          (clip * 3880..<(clip + 1) * 3880).map { batch.features.span[$0] }
        }
      }
    }
  }

  /// The sound of each frame, and the logarithm of its power.
  private func frames(_ clip: [Float]) -> [(sound: Sound, level: Float)] {
    (0..<97).map { frame in
      let levels = [0, 10, 20].map { clip[frame * 40 + $0 + 5] }
      let level = levels.max()!
      guard level > 0 else { return (.none, level) }
      let sounds: [Sound] = [.firstHalf, .secondHalf, .other]
      return (sounds[levels.firstIndex(of: level)!], level)
    }
  }

  @Test func `it adds as many clips of the unknown class as asked`() throws {
    #expect(try data(nil).clipCount == 96)
    let data = try data(0.5)
    // 80 keywords, 8 silence, 8 unknown, 40 of running speech.
    #expect(data.clipCount == 136)
    #expect(try clips(data, label: 0).count == 2 * 80)
    #expect(try clips(data, label: 2).count == 2 * 48)
    #expect(data.drawDescription.contains("splicedSpeech"))
    #expect(!(try self.data(nil).drawDescription.contains("splicedSpeech")))
  }

  @Test func `no keyword is whole in it, other words are`() throws {
    var (wholeCount, halfCount, mixedCount) = (0, 0, 0)
    for clip in try clips(try data(2), label: 2) {
      let sounds = frames(clip).map(\.sound)
      // Runs of one sound, in order.
      var runs: [(sound: Sound, count: Int)] = []
      for sound in sounds {
        if runs.last?.sound == sound {
          runs[runs.count - 1].count += 1
        } else {
          runs.append((sound, 1))
        }
      }
      for (run, next) in zip(runs, runs.dropFirst())
      where run.sound == .firstHalf && next.sound == .secondHalf {
        // Of a head at most 65 % of 40 frames are heard, of a tail as much, and a tail does not follow
        // a head: of one half there are six frames at most, and one to round.
        #expect(run.count <= 7 || next.count <= 7)
      }
      if runs.contains(where: { $0.sound == .other && $0.count == 30 }) { wholeCount += 1 }
      if runs.contains(where: { $0.sound == .firstHalf || $0.sound == .secondHalf }) {
        halfCount += 1
      }
      if Set(sounds).isSuperset(of: [.firstHalf, .other]) { mixedCount += 1 }
    }
    #expect(wholeCount > 50)
    #expect(halfCount > 200)
    #expect(mixedCount > 100)
  }

  @Test func `its words are about as loud as the first`() throws {
    for clip in try clips(try data(2), label: 2) {
      let heard = frames(clip).filter { $0.sound != .none }
      let levels = heard.map(\.level)
      guard let least = levels.min(), let most = levels.max() else { continue }
      // Of "yes" at 5.4 and "tree" at 7.7; bytes are a tenth apart.
      #expect(most - least < 0.15)
    }
  }
}
