// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import SpeechDatasets
import SpeechFeatures
import Storage
import Testing

/// Folders of recordings as training data.
@Suite struct RecordingTests {
  private let folder = try! TemporaryFolder()

  /// Two keywords and another word, `clipCount` clips each, a list for validation, and noise of 6 s.
  private func writeFolder(
    clipCount: Int = 6, count: Int = 16_000, noise: [Int16]? = nil
  ) throws {
    for (word, formants) in [
      ("no", (Float(400), Float(900))), ("tree", (300, 2_300)), ("yes", (600, 1_800)),
    ] {
      for clip in 0..<clipCount {
        try folder.write(
          "\(word)/\(clip).wav",
          Waveforms.wav(
            Waveforms.vowel(pitch: 100 + 7 * Float(clip), formants: formants, count: count)))
      }
    }
    try folder.write(
      "validation_list.txt", Array("no/0.wav\nyes/0.wav\r\ntree/0.wav\n".utf8))
    try folder.write(
      "_background_noise_/hum.wav",
      Waveforms.wav(noise ?? Waveforms.noise(seed: 5, amplitude: 0.3, count: 96_000)))
  }

  private func data(
    sources: [DataSource]? = nil, keywords: [String] = ["no", "yes"],
    features: FeatureConfiguration = FeatureConfiguration(), seed: UInt64 = 1,
    change: (inout AugmentationConfiguration) -> Void = { _ in }
  ) throws -> TrainingData {
    var augmentation = AugmentationConfiguration()
    change(&augmentation)
    return try TrainingData(
      sources: sources ?? [.recordings(path: folder.path)], keywords: keywords,
      features: features, batchSize: 4, seed: seed, augmentation: augmentation)
  }

  private func failure(_ keywords: [String] = ["no", "yes"]) throws -> DatasetError {
    try #require(throws: DatasetError.self) { try data(keywords: keywords) }
  }

  /// The features of samples by the extractor itself.
  private func features(
    _ samples: [Int16], _ configuration: FeatureConfiguration = FeatureConfiguration()
  ) throws -> [Float] {
    var extractor = FeatureExtractor(plan: try FeaturePlan(configuration))
    let count = configuration.frameCount(sampleCount: 16_000) * configuration.coefficientCount
    var frames = [Float](repeating: 0, count: count)
    let floats =
      samples.map { Float($0) / 32_768 } + [Float](repeating: 0, count: 16_000 - samples.count)
    var span = frames.mutableSpan
    _ = extractor.push(floats.span, into: &span)
    return frames
  }

  /// The validation clips by label.
  private func validation(_ data: TrainingData) throws -> [Int: [[Float]]] {
    var found: [Int: [[Float]]] = [:]
    for index in 0..<data.validationBatchCount {
      let batch = try data.validationBatch(index)
      let size = batch.features.count / batch.clipCount
      for (clip, label) in batch.labels.enumerated() {
        found[label, default: []].append(
          (clip * size..<(clip + 1) * size).map { batch.features.span[$0] })
      }
    }
    return found
  }

  @Test(arguments: [
    FeatureConfiguration(), FeatureConfiguration(cepstralCoefficientCount: 10),
    FeatureConfiguration(
      windowLength: 640, hopLength: 320, fftLength: 1024, cepstralCoefficientCount: 20),
  ])
  func `a validation clip is what the extractor gives for its samples`(
    configuration: FeatureConfiguration
  ) throws {
    try writeFolder()
    let found = try validation(try data(features: configuration))
    let samples = Waveforms.vowel(pitch: 100, formants: (400, 900))
    #expect(found[0] == [try features(samples, configuration)])
    #expect(found[1]?.count == 1 && found[2]?.count == 1 && found[3]?.count == 1)
  }

  @Test func `a short clip is padded with zeros at its end`() throws {
    try writeFolder(count: 9_000)
    let samples = Waveforms.vowel(pitch: 100, formants: (400, 900), count: 9_000)
    #expect(try validation(try data())[0] == [try features(samples)])
  }

  @Test func `of a long clip the loudest second is taken`() throws {
    try writeFolder()
    let word = Waveforms.noise(seed: 3, amplitude: 0.5)
    let silence = [Int16](repeating: 3, count: 24_000)
    try folder.write("no/0.wav", Waveforms.wav(silence + word + silence))
    #expect(try validation(try data())[0] == [try features(word)])
  }

  @Test func `two waveforms at 48 kHz and 16 kHz give nearly the same features`() throws {
    try writeFolder()
    let samples = (0..<48_000).map { index in
      Int16(8_000 * (index / 2_400 % 2 == 0 ? 1 : 0.2) * Float(index % 120 < 60 ? 1 : -1))
    }
    try folder.write("no/0.wav", Waveforms.wav(samples, rate: 48_000))
    let found = try #require(try validation(try data())[0]?.first)
    #expect(found.count == 97 * 40 && found.allSatisfy(\.isFinite))
    #expect(found.max()! > 0)
  }

  @Test func `draws depend on seed, epoch and clip alone`() throws {
    try writeFolder()
    let one = try data()
    let two = try data()
    _ = try two.batch(epoch: 7, index: 1)
    let first = try one.batch(epoch: 2, index: 1)
    let second = try two.batch(epoch: 2, index: 1)
    let other = try data(seed: 2).batch(epoch: 2, index: 1)
    let count = first.features.count
    let isSame = (0..<count).allSatisfy { first.features.span[$0] == second.features.span[$0] }
    let isOther = (0..<count).contains { first.features.span[$0] != other.features.span[$0] }
    #expect(isSame && isOther && first.labels == second.labels)
  }

  @Test func `noise of validation is cut from another stretch than that of training`() throws {
    // The last fifth is loud, all before it silent: no loud silence clip may come up in training.
    let noise =
      [Int16](repeating: 0, count: 80_000)
      + Waveforms.noise(seed: 9, amplitude: 0.9, count: 20_000)
    try writeFolder(noise: noise)
    let data = try data {
      $0.digitalSilenceProbability = 0
      $0.timeMaskCount = 0
      $0.frequencyMaskCount = 0
    }
    let heldOut = try #require(try validation(data)[2]).joined()
    #expect(heldOut.max()! > -10)
    for epoch in 0..<20 {
      for index in 0..<data.batchCount {
        let batch = try data.batch(epoch: epoch, index: index)
        for (clip, label) in batch.labels.enumerated() where label == 2 {
          let size = 97 * 40
          let loudest = (clip * size..<(clip + 1) * size).map { batch.features.span[$0] }.max()!
          #expect(loudest < -14)
        }
      }
    }
  }

  @Test func `a list decides the split before the hash does`() throws {
    try writeFolder()
    try folder.write("testing_list.txt", Array("yes/5.wav\n".utf8))
    let clips = try RecordingFolder(path: folder.path).clips
    #expect(clips.count == 18)
    #expect(clips.filter { $0.split == .validation }.map(\.name) == ["0", "0", "0"])
    #expect(clips.filter { $0.split == .testing }.map(\.path) == [folder.path + "/yes/5.wav"])
  }

  @Test func `without a list the hash of the speaker or of the name decides`() throws {
    for name in ["1acc97de_nohash_2", "1acc97de_nohash_3", "07de53d3_nohash_0", "hello"] {
      try folder.write("yes/\(name).flac", [0])
    }
    let clips = try RecordingFolder(path: folder.path).clips
    #expect(
      clips.map(\.split) == [.validation, .testing, .testing, .training])
  }

  @Test func `a line of a list that is no clip is named`() throws {
    try writeFolder()
    try folder.write("validation_list.txt", Array("no/0.wav\nnonsense\n".utf8))
    #expect(
      try failure()
        == .badLine(
          path: folder.path + "/validation_list.txt", line: 2, field: "clip",
          expected: "word/file", found: "nonsense"))
  }

  @Test func `folders that are no words are left out`() throws {
    try writeFolder()
    try folder.write("_silence_/0.wav", Waveforms.wav([1]))
    try folder.write(".hidden/0.wav", Waveforms.wav([1]))
    try folder.write("_unknown_/0.wav", Waveforms.wav([1]))
    try folder.write("notes/readme.txt", [65])
    let words = Set(try RecordingFolder(path: folder.path).clips.map(\.word))
    #expect(words == ["no", "tree", "yes", "_unknown_"])
  }

  @Test func `a keyword that is not there is named with the folder`() throws {
    try writeFolder()
    #expect(
      try failure(["no", "left"])
        == .missingClass(word: "left", split: .training, sources: [folder.path]))
    try folder.write("validation_list.txt", Array("no/0.wav\n".utf8))
    #expect(
      try failure() == .missingClass(word: "yes", split: .validation, sources: [folder.path]))
  }

  @Test func `a missing, an empty and a wrong place are told apart`() throws {
    #expect(
      throws: DatasetError.storage(.notFound(path: folder.path + "/none"))
    ) { try RecordingFolder(path: folder.path + "/none") }
    #expect(
      throws: DatasetError.empty(
        path: folder.path, expected: "folders of recordings, one per word")
    ) { try RecordingFolder(path: folder.path) }
    let file = try folder.write("file", [1])
    #expect(throws: DatasetError.empty(path: file, expected: "a folder")) {
      try RecordingFolder(path: file)
    }
  }

  @Test func `a recording that cannot be read is named`() throws {
    try writeFolder()
    let path = try folder.write("yes/3.wav", Array("this is text".utf8))
    #expect(try failure() == .audio(.notAudio(path: path)))
    try folder.write("yes/3.wav", [])
    #expect(try failure() == .audio(.empty(path: path)))
    try folder.write("yes/3.wav", Waveforms.wav([]))
    #expect(try failure() == .empty(path: path, expected: "samples"))
  }

  @Test func `a configuration that makes no features is refused`() throws {
    try writeFolder()
    let error = try #require(throws: DatasetError.self) {
      try data(features: FeatureConfiguration(windowLength: 600, fftLength: 512))
    }
    #expect("\(error)".hasPrefix("configuration("))
    #expect(
      throws: DatasetError.features(
        path: folder.path, field: "sample rate", expected: "16000", found: "8000")
    ) { try data(features: FeatureConfiguration(sampleRate: 8_000)) }
  }

  @Test func `spectra and recordings mix into one task`() throws {
    try writeFolder()
    let logMel = try LogMelFiles.small(clipCount: 20).write(to: folder, "spectra-only")
    let mixed = try data(sources: [.logMel(path: logMel), .recordings(path: folder.path)])
    let alone = try data()
    // 20 + 5 training clips of each keyword, and a tenth of 50 each of silence and of unknown.
    #expect(mixed.clipCount == 60)
    #expect(mixed.digest != alone.digest && mixed.digest.count == 64)
    let found = try validation(mixed)
    #expect(found[0]?.count == 6 && found[1]?.count == 6)
    #expect(
      found[0]?.contains(try features(Waveforms.vowel(pitch: 100, formants: (400, 900)))) == true)
  }
}
