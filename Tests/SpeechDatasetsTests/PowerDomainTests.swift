// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
import SpeechDatasets
import SpeechFeatures
import Testing

/// Mixing spectra in the power domain against mixing the waveforms that they were made of.
@Suite struct PowerDomainTests {
  private let folder = try! TemporaryFolder()

  /// One set of waveforms, as recordings and as log-mel spectra with the same clips in the same order,
  /// so that both make the same draws.
  private func writeBoth() throws -> (recordings: String, logMel: String) {
    var extractor = FeatureExtractor(plan: try FeaturePlan(FeatureConfiguration()))
    func frames(_ samples: [Int16]) -> [Float] {
      var frames = [Float](repeating: 0, count: 97 * 40)
      var span = frames.mutableSpan
      extractor.reset()
      let floats = samples.map { Float($0) / 32_768 }
      _ = extractor.push(floats.span, into: &span)
      return frames
    }
    var files = LogMelFiles()
    func add(_ word: String, _ name: String, _ split: String, _ samples: [Int16]) throws {
      let values = frames(samples)
      files.add(word, name, split) { frame, bin in
        let value = values[min(frame, 96) * 40 + bin] * LogMelFiles.scale + LogMelFiles.offset
        return UInt8(max(0, min(255, value.rounded())))
      }
      try folder.write("recordings/\(word)/\(name).wav", Waveforms.wav(samples))
    }
    var list = ""
    for (word, formants) in [("no", (Float(400), Float(900))), ("yes", (600, 1_800))] {
      for clip in 0..<10 {
        try add(
          word, "\(clip)", clip < 8 ? "training" : "validation",
          Waveforms.vowel(pitch: 90 + 9 * Float(clip), formants: formants))
        if clip >= 8 { list += "\(word)/\(clip).wav\n" }
      }
    }
    // A second each, so that there is one place only to take it from.
    for name in ["n0", "n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8", "n9", "n10", "n11"] {
      try add(
        "_background_noise_", name, "noise",
        Waveforms.noise(seed: UInt32(name.dropFirst())! * 77 + 5, amplitude: 0.4))
    }
    // Names in the order of a listed folder.
    let order = files.clips.indices.sorted {
      let (one, two) = (files.clips[$0], files.clips[$1])
      return (one.word == "_background_noise_" ? 1 : 0, one.word, one.name + ".wav")
        < (two.word == "_background_noise_" ? 1 : 0, two.word, two.name + ".wav")
    }
    var sorted = LogMelFiles()
    for index in order {
      let clip = files.clips[index]
      sorted.add(clip.word, clip.name, clip.split) {
        files.bytes[(index * 98 + $0) * 40 + $1]
      }
    }
    try folder.write("recordings/validation_list.txt", Array(list.utf8))
    return (folder.path + "/recordings", try sorted.write(to: folder))
  }

  private func differences(
    _ first: TrainingData, _ second: TrainingData, label: Int = 0
  ) throws -> [Float] {
    var found: [Float] = []
    for epoch in 0..<4 {
      for index in 0..<first.batchCount {
        let one = try first.batch(epoch: epoch, index: index)
        let two = try second.batch(epoch: epoch, index: index)
        #expect(one.labels == two.labels)
        let (a, b) = (one.features.span, two.features.span)
        for clip in 0..<one.clipCount where one.labels[clip] == label {
          found += (clip * 3880..<(clip + 1) * 3880).map { a[$0] - b[$0] }
        }
      }
    }
    return found
  }

  @Test func `noise mixed into spectra agrees with noise mixed into waveforms`() throws {
    let (recordings, logMel) = try writeBoth()
    var augmentation = AugmentationConfiguration()
    augmentation.quiet()
    augmentation.noiseProbability = 1
    augmentation.noiseAmplitude = 0.5
    augmentation.gainDecibels = -10...6
    func data(_ source: DataSource) throws -> TrainingData {
      try TrainingData(
        sources: [source], keywords: ["no"], features: FeatureConfiguration(), batchSize: 5,
        seed: 3, augmentation: augmentation)
    }
    let waveforms = try data(.recordings(path: recordings))
    let mixed = try differences(try data(.logMel(path: logMel)), waveforms)
    let magnitudes = mixed.map(abs).sorted()
    let mean = mixed.reduce(0, +) / Float(mixed.count)
    let median = magnitudes[magnitudes.count / 2]
    // Phases make |X + N|^2 swing about |X|^2 + |N|^2, but not to one side.
    #expect(abs(mean) < 0.1, "mean \(mean)")
    #expect(median < 0.15, "median \(median)")
    augmentation.noiseProbability = 0
    let without = try differences(try data(.logMel(path: logMel)), waveforms).map(abs).sorted()
    #expect(without[without.count / 2] > 10 * median)
  }

  @Test func `speech spliced of spectra agrees with speech spliced of waveforms`() throws {
    let (recordings, logMel) = try writeBoth()
    var augmentation = AugmentationConfiguration()
    augmentation.quiet()
    augmentation.splicedSpeech = 2
    func data(_ source: DataSource) throws -> TrainingData {
      try TrainingData(
        sources: [source], keywords: ["no"], features: FeatureConfiguration(), batchSize: 5,
        seed: 3, augmentation: augmentation)
    }
    let found = try differences(
      try data(.logMel(path: logMel)), try data(.recordings(path: recordings)), label: 2
    ).map(abs).sorted()
    // Frames that a seam is in differ: a spectrum is 32 ms long and is cut between two.
    #expect(found[found.count / 2] < 0.25, "median \(found[found.count / 2])")
    #expect(found[found.count * 3 / 4] < 1.5, "quartile \(found[found.count * 3 / 4])")
  }
}
