// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
import Glibc
import SpeechDatasets
import SpeechFeatures
import Storage
import Testing

/// Folders of noise as a data source of their own.
@Suite struct NoiseSourceTests {
  private let folder = try! TemporaryFolder()

  /// Recordings of noise in folders, half a second to three seconds long.
  private func writeNoise() throws -> String {
    for index in 0..<20 {
      try folder.write(
        "noise/kind-\(index % 3)/\(index).wav",
        Waveforms.wav(
          Waveforms.noise(
            seed: UInt32(index), amplitude: 0.1 + 0.04 * Float(index),
            count: 8_000 * (1 + index % 6))))
    }
    return folder.path + "/noise"
  }

  /// Spectra of one keyword and another word, with background noise.
  private func writeSpectra() throws -> String {
    var files = LogMelFiles()
    for clip in 0..<40 {
      for (word, byte) in [("yes", UInt8(150)), ("tree", 130)] {
        files.add(word, "\(word)\(clip)", clip < 30 ? "training" : "validation") { frame, bin in
          byte + UInt8((frame + bin + clip) % 40)
        }
      }
      files.add("_background_noise_", "n\(clip)", "noise") { _, _ in 120 }
    }
    return try files.write(to: folder)
  }

  /// The same words as recordings; without noise of their own if `noise` is false.
  private func writeRecordings(noise: Bool = true) throws -> String {
    var list = ""
    for (word, formants) in [("yes", (Float(600), Float(1_800))), ("tree", (300, 2_300))] {
      for clip in 0..<40 {
        try folder.write(
          "words/\(word)/\(clip).wav",
          Waveforms.wav(Waveforms.vowel(pitch: 90 + Float(clip), formants: formants)))
        if clip >= 30 { list += "\(word)/\(clip).wav\n" }
      }
    }
    try folder.write("words/validation_list.txt", Array(list.utf8))
    if noise {
      try folder.write(
        "words/_background_noise_/hum.wav",
        Waveforms.wav(Waveforms.noise(seed: 5, amplitude: 0.3, count: 96_000)))
    }
    return folder.path + "/words"
  }

  private func data(
    _ sources: [DataSource], features: FeatureConfiguration = FeatureConfiguration()
  ) throws -> TrainingData {
    var augmentation = AugmentationConfiguration()
    augmentation.quiet()
    return try TrainingData(
      sources: sources, keywords: ["yes"], features: features, batchSize: 4, seed: 1,
      augmentation: augmentation)
  }

  /// Features of every training clip of some epochs, with its label.
  private func clips(_ data: TrainingData, epochs: Int = 4) throws -> [(label: Int, [Float])] {
    var found: [(label: Int, [Float])] = []
    for epoch in 0..<epochs {
      for index in 0..<data.batchCount {
        let batch = try data.batch(epoch: epoch, index: index)
        let size = batch.features.count / batch.clipCount
        for (clip, label) in batch.labels.enumerated() {
          found.append((label, (clip * size..<(clip + 1) * size).map { batch.features.span[$0] }))
        }
      }
    }
    return found
  }

  /// Decibels of the plain words' power over what the other data added to it; nil where nothing was.
  private func ratios(_ plain: TrainingData, _ mixed: TrainingData) throws -> [Float?] {
    try zip(try clips(plain), try clips(mixed)).filter { $0.0.label != plain.task.silenceIndex }
      .map { one, two in
        #expect(one.label == two.label)
        guard one.1 != two.1 else { return nil }
        let signal = one.1.reduce(0) { $0 + exp($1) }
        return 10 * log10(signal / (two.1.reduce(0) { $0 + exp($1) } - signal))
      }
  }

  @Test(arguments: [
    FeatureConfiguration(), FeatureConfiguration(hopLength: 320),
  ])
  func `half of the words of spectra get noise at 0 to 30 dB`(
    _ features: FeatureConfiguration
  ) throws {
    let spectra = DataSource.logMel(path: try writeSpectra())
    let noise = DataSource.noise(path: try writeNoise())
    let found = try ratios(
      try data([spectra], features: features), try data([spectra, noise], features: features))
    let mixed = found.compactMap { $0 }
    #expect(found.count > 120)
    #expect((0.35...0.65).contains(Double(mixed.count) / Double(found.count)))
    #expect(mixed.allSatisfy { (-0.1...30.5).contains($0) }, "\(mixed)")
    #expect(mixed.contains { $0 < 6 } && mixed.contains { $0 > 24 })
  }

  @Test func `words of recordings get it at the ratio of their samples`() throws {
    let words = DataSource.recordings(path: try writeRecordings())
    let noise = DataSource.noise(path: try writeNoise())
    let found = try ratios(try data([words]), try data([words, noise]))
    let mixed = found.compactMap { $0 }
    #expect((0.35...0.65).contains(Double(mixed.count) / Double(found.count)))
    // White noise has more of its power above the mel bins than a vowel, so that they see less of it;
    // and phases add to or take from what a faint one adds.
    let sorted = mixed.sorted()
    #expect(sorted[0] > -1 && (12...25).contains(sorted[sorted.count / 2]), "\(sorted)")
    #expect(sorted[sorted.count / 10] < 10 && (26...42).contains(sorted[sorted.count * 9 / 10]))
  }

  @Test func `silence of training is of all sources, validation stays as it was`() throws {
    let spectra = DataSource.logMel(path: try writeSpectra())
    let plain = try data([spectra])
    let mixed = try data([spectra, .noise(path: try writeNoise())])
    func silences(_ data: TrainingData) throws -> [[Float]] {
      try clips(data).filter { $0.label == data.task.silenceIndex }.map { $0.1 }
    }
    // The background noise of the spectra is the same at all times, that of recordings is not.
    func isFlat(_ clip: [Float]) -> Bool { clip.allSatisfy { abs($0 - clip[0]) < 1e-3 } }
    #expect(try silences(plain).allSatisfy(isFlat))
    let found = try silences(mixed)
    #expect(found.contains { !isFlat($0) } && found.contains(where: isFlat))
    #expect(mixed.validationBatchCount == plain.validationBatchCount)
    for index in 0..<plain.validationBatchCount {
      let (one, two) = (try plain.validationBatch(index), try mixed.validationBatch(index))
      #expect(one.labels == two.labels)
      #expect(
        (0..<one.features.count).allSatisfy { one.features.span[$0] == two.features.span[$0] })
    }
  }

  @Test func `words without noise of their own are judged by what is held out`() throws {
    let words = DataSource.recordings(path: try writeRecordings(noise: false))
    #expect(throws: DatasetError.self) { try data([words]) }
    let mixed = try data([words, .noise(path: try writeNoise())])
    let labels = try (0..<mixed.validationBatchCount).flatMap {
      try mixed.validationBatch($0).labels
    }
    #expect(labels.contains(mixed.task.silenceIndex))
  }

  @Test func `a checkpoint knows whether noise was mixed in`() throws {
    let spectra = DataSource.logMel(path: try writeSpectra())
    let plain = try data([spectra])
    let mixed = try data([spectra, .noise(path: try writeNoise())])
    #expect(!plain.drawDescription.contains("noiseMixing"))
    #expect(mixed.drawDescription.contains("\"noiseMixing\":{\"decibels\":[0,30],"))
    // A training that goes on reads them as the options of the augmentation.
    for data in [plain, mixed] {
      let read = try JSONDecoder().decode(
        AugmentationConfiguration.self, from: Data(data.drawDescription.utf8))
      #expect(read == data.augmentation)
    }
    #expect(plain.digest != mixed.digest)
  }

  @Test func `a folder without noise is told`() throws {
    let spectra = DataSource.logMel(path: try writeSpectra())
    func error(_ path: String) throws -> DatasetError {
      try #require(throws: DatasetError.self) { try data([spectra, .noise(path: path)]) }
    }
    let missing = folder.path + "/nowhere"
    #expect(try error(missing) == .storage(.notFound(path: missing)))
    try folder.write("texts/a.txt", [65])
    let texts = folder.path + "/texts"
    #expect(try error(texts) == .empty(path: texts, expected: "recordings of noise"))
    // By its hash this name is kept from training.
    try folder.write(
      "kept/2.wav", Waveforms.wav(Waveforms.noise(seed: 1, amplitude: 0.1, count: 8_000)))
    #expect(
      try error(folder.path + "/kept") == .heldOut(path: folder.path + "/kept", count: 1))
    let short = try folder.write("short/a.wav", Waveforms.wav([1, 2, 3]))
    #expect(
      try error(folder.path + "/short")
        == .empty(path: short, expected: "a frame of 512 samples"))
  }
}
