// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Glibc
import SpeechDatasets
import SpeechFeatures
import Testing

/// What augmentation does to spectra, seen from outside.
@Suite struct AugmentationTests {
  private let folder = try! TemporaryFolder()
  private static let floor = Float(-14.508658)

  /// A set whose clips of "yes" are all the same, and of "no" too.
  private func set(
    yes: @escaping (_ frame: Int, _ bin: Int) -> UInt8, noise: UInt8 = 120
  ) throws -> String {
    var files = LogMelFiles()
    for clip in 0..<40 {
      files.add("yes", "y\(clip)", clip < 30 ? "training" : "validation", yes)
      files.add("tree", "t\(clip)", clip < 30 ? "training" : "validation") { _, _ in 90 }
    }
    for clip in 0..<40 { files.add("_background_noise_", "n\(clip)", "noise") { _, _ in noise } }
    return try files.write(to: folder)
  }

  /// Every training clip of "yes" over some epochs, `[97, 40]` each.
  private func clips(
    _ path: String, epochs: Int = 3, change: (inout AugmentationConfiguration) -> Void
  ) throws -> [[Float]] {
    var augmentation = AugmentationConfiguration()
    augmentation.quiet()
    change(&augmentation)
    let data = try TrainingData(
      sources: [.logMel(path: path)], keywords: ["yes"], features: FeatureConfiguration(),
      batchSize: 4, seed: 1, augmentation: augmentation)
    var found: [[Float]] = []
    for epoch in 0..<epochs {
      for index in 0..<data.batchCount {
        let batch = try data.batch(epoch: epoch, index: index)
        for (clip, label) in batch.labels.enumerated() where label == 0 {
          found.append((clip * 3880..<(clip + 1) * 3880).map { batch.features.span[$0] })
        }
      }
    }
    #expect(found.count > 60)
    return found
  }

  private func value(_ byte: UInt8) -> Float {
    (Float(byte) - LogMelFiles.offset) / LogMelFiles.scale
  }

  @Test func `a clip as it is has the values of its bytes`() throws {
    let path = try set { UInt8(40 + ($0 + 2 * $1) % 200) }
    for clip in try clips(path, epochs: 3, change: { _ in }).prefix(10) {
      for frame in 0..<97 {
        for bin in 0..<40 {
          let expected = value(UInt8(40 + (frame + 2 * bin) % 200))
          #expect(abs(clip[frame * 40 + bin] - expected) < 1e-3)
        }
      }
    }
  }

  @Test func `a gain moves loud values by its decibels and never below the floor`() throws {
    let path = try set { _, bin in bin < 20 ? 180 : 0 }
    for clip in try clips(path, change: { $0.gainDecibels = -6...(-6) }) {
      let expected = value(180) - 6 * log(10) / 10
      #expect(abs(clip[0] - expected) < 1e-3)
      #expect(abs(clip[39] - Self.floor) < 0.02)
    }
  }

  @Test func `a shift moves whole frames within its range and leaves the floor behind`() throws {
    let path = try set { frame, _ in frame == 48 ? 200 : 100 }
    var places: Set<Int> = []
    for clip in try clips(path, change: { $0.shiftSeconds = 0.1 }) {
      let peak = (0..<97).max { clip[$0 * 40] < clip[$1 * 40] }!
      places.insert(peak - 48)
      let vacated = peak > 48 ? 0..<(peak - 48) : (97 + peak - 48)..<97
      for frame in vacated where frame < 97 {
        #expect(abs(clip[frame * 40] - Self.floor) < 1e-3)
      }
    }
    #expect(places.isSubset(of: Set(-10...10)) && places.count > 12)
    #expect(places.contains { $0 < -5 } && places.contains { $0 > 5 })
  }

  @Test func `a short clip is moved to the start in half of the draws and in validation`() throws {
    let path = try set { frame, _ in (20..<78).contains(frame) ? 150 : LogMelFiles.floorByte }
    let starts = try clips(path, change: { _ in }).map { clip in
      (0..<97).first { clip[$0 * 40] > -5 }!
    }
    #expect(Set(starts) == [0, 20])
    let part = Double(starts.filter { $0 == 0 }.count) / Double(starts.count)
    #expect(abs(part - 0.5) < 0.2)
    let data = try TrainingData(
      sources: [.logMel(path: path)], keywords: ["yes"], features: FeatureConfiguration(),
      batchSize: 4, seed: 1)
    for index in 0..<data.validationBatchCount {
      let batch = try data.validationBatch(index)
      for (clip, label) in batch.labels.enumerated() where label == 0 {
        let span = batch.features.span
        #expect(span[clip * 3880] > -5 && span[clip * 3880 + 57 * 40] > -5)
        #expect(span[clip * 3880 + 58 * 40] < -14)
      }
    }
  }

  @Test func `masks are bands of one value per bin, within their largest widths`() throws {
    let path = try set { _, _ in 150 }
    // Every frame of every clip is the same, so the mean spectrum is too: gain tells them apart.
    let clips = try clips(path) {
      $0.gainDecibels = -10...(-10)
      $0.timeMaskCount = 1
      $0.timeMaskSeconds = 0.1
      $0.frequencyMaskCount = 1
      $0.frequencyMaskWidth = 4
    }
    var widths: Set<Int> = []
    var heights: Set<Int> = []
    for clip in clips {
      let isMasked = clip.map { abs($0 - value(150)) < 1 }
      let frames = (0..<97).filter { frame in (0..<40).allSatisfy { isMasked[frame * 40 + $0] } }
      let bins = (0..<40).filter { bin in (0..<97).allSatisfy { isMasked[$0 * 40 + bin] } }
      widths.insert(frames.count)
      heights.insert(bins.count)
      if let first = frames.first { #expect(frames == Array(first..<first + frames.count)) }
      if let first = bins.first { #expect(bins == Array(first..<first + bins.count)) }
    }
    #expect(widths.isSubset(of: Set(0...10)) && widths.count > 5)
    #expect(heights == Set(0...4))
  }

  @Test func `masks wider than the clip cover it and no more`() throws {
    let path = try set { _, _ in 150 }
    let clips = try clips(path, epochs: 3) {
      $0.timeMaskCount = 2
      $0.timeMaskSeconds = 5
      $0.frequencyMaskCount = 2
      $0.frequencyMaskWidth = 100
    }
    #expect(clips.allSatisfy { $0.allSatisfy(\.isFinite) })
  }

  @Test func `noise adds its power and never takes any away`() throws {
    let path = try set(yes: { _, bin in bin < 20 ? 200 : 10 }, noise: 180)
    let clips = try clips(path) {
      $0.noiseProbability = 1
      $0.noiseAmplitude = 1
    }
    for clip in clips {
      // The quiet half shows the noise's power, the loud half the sum with it.
      let noise = exp(clip[39])
      #expect(noise <= exp(value(180)) * 1.001)
      #expect(abs(clip[0] - log(exp(value(200)) + noise)) < 2e-3)
    }
    let levels = clips.map { $0[39] }
    #expect(levels.max()! > value(180) - 0.3 && levels.min()! < value(180) - 3)
  }

  @Test func `about the given part of the clips gets noise`() throws {
    let path = try set(yes: { _, _ in 60 }, noise: 200)
    let clips = try clips(path, epochs: 10) { $0.noiseProbability = 0.8 }
    let part = Double(clips.filter { $0[0] > value(60) + 1e-3 }.count) / Double(clips.count)
    #expect(abs(part - 0.8) < 0.1)
  }
}
