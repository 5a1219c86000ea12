// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
import SpeechDatasets
import SpeechFeatures
import Testing

/// Epochs, classes and determinism, on a small log-mel set.
@Suite struct TrainingDataTests {
  private let folder = try! TemporaryFolder()

  private func data(
    keywords: [String] = ["yes", "no"], features: FeatureConfiguration = FeatureConfiguration(),
    batchSize: Int = 8, seed: UInt64 = 1, clipCount: Int = 40,
    change: (inout AugmentationConfiguration) -> Void = { _ in }
  ) throws -> TrainingData {
    let path = try LogMelFiles.small(clipCount: clipCount).write(to: folder, "set\(clipCount)")
    var augmentation = AugmentationConfiguration()
    change(&augmentation)
    return try TrainingData(
      sources: [.logMel(path: path)], keywords: keywords, features: features,
      batchSize: batchSize, seed: seed, augmentation: augmentation)
  }

  private func values(_ batch: Batch) -> [UInt32] {
    let span = batch.features.span
    return (0..<span.count).map { span[$0].bitPattern }
  }

  /// The features of each clip of an epoch, as bits, with its label.
  private func clips(_ data: TrainingData, epoch: Int) throws -> [(label: Int, bits: [UInt32])] {
    try (0..<data.batchCount).flatMap { index in
      let batch = try data.batch(epoch: epoch, index: index)
      let bits = values(batch)
      let size = bits.count / batch.clipCount
      return batch.labels.indices.map {
        (batch.labels[$0], Array(bits[$0 * size..<($0 + 1) * size]))
      }
    }
  }

  @Test func `labels are the keywords in order, then silence, then unknown`() throws {
    let data = try data(keywords: ["no", "yes"])
    #expect(data.labels == ["no", "yes", "_silence_", "_unknown_"])
  }

  @Test(arguments: [
    [], ["yes", "yes"], ["yes", ""], ["_silence_"], ["_unknown_"], ["_background_noise_"],
    ["yes\u{1B}[31m"],
  ])
  func `keywords that make no task are refused`(keywords: [String]) {
    #expect(throws: DatasetError.badKeywords(keywords)) { try data(keywords: keywords) }
  }

  @Test func `a batch is the same bits whatever was asked before and from where`() async throws {
    let forward = try data()
    let backward = try data()
    let count = forward.batchCount
    var first: [[UInt32]] = []
    for index in 0..<count { first.append(values(try forward.batch(epoch: 3, index: index))) }
    var second: [[UInt32]] = []
    for index in (0..<count).reversed() {
      _ = try backward.batch(epoch: index % 2, index: 0)
      second.insert(values(try backward.batch(epoch: 3, index: index)), at: 0)
    }
    #expect(first == second)
    let third = try await withThrowingTaskGroup(of: (Int, [UInt32]).self) { group in
      for index in 0..<count {
        group.addTask {
          let batch = try backward.batch(epoch: 3, index: index)
          let span = batch.features.span
          return (index, (0..<span.count).map { span[$0].bitPattern })
        }
      }
      var found = [[UInt32]](repeating: [], count: count)
      for try await (index, bits) in group { found[index] = bits }
      return found
    }
    #expect(first == third)
  }

  @Test(arguments: [8, 7, 96, 97, 5000])
  func `an epoch has as many clips as its batches hold`(batchSize: Int) throws {
    let data = try data(batchSize: batchSize)
    let clipCount = try (0..<data.batchCount).reduce(0) {
      try $0 + data.batch(epoch: 0, index: $1).clipCount
    }
    #expect(data.clipCount == clipCount)
  }

  @Test(arguments: [8, 7, 24, 23, 25, 5000])
  func `the full batches of validation are those before a smaller one`(batchSize: Int) throws {
    let data = try data(batchSize: batchSize)
    let fullCount = try (0..<data.validationBatchCount).count {
      try data.validationBatch($0).clipCount == batchSize
    }
    #expect(data.fullValidationBatchCount == fullCount)
  }

  @Test func `another seed or another epoch draws otherwise`() throws {
    let one = try data(seed: 1)
    let two = try data(seed: 2)
    #expect(try values(one.batch(epoch: 0, index: 0)) != values(two.batch(epoch: 0, index: 0)))
    #expect(try values(one.batch(epoch: 0, index: 0)) != values(one.batch(epoch: 1, index: 0)))
  }

  @Test func `silence and unknown are a tenth of the keywords each`() throws {
    let data = try data(clipCount: 100)
    var counts = [Int](repeating: 0, count: 4)
    for (label, _) in try clips(data, epoch: 0) { counts[label] += 1 }
    // 200 keywords, 20 silence, 20 unknown, of which the batches of 8 use all.
    #expect(counts == [100, 100, 20, 20])
  }

  @Test func `every epoch draws other unknown words`() throws {
    let data = try data { $0.quiet() }
    let epochs = try (0..<6).map { epoch in
      Set(try clips(data, epoch: epoch).filter { $0.label == 3 }.map(\.bits))
    }
    #expect(epochs.allSatisfy { !$0.isEmpty })
    for epoch in 1..<6 { #expect(epochs[epoch] != epochs[0]) }
    #expect(epochs.reduce(into: Set()) { $0.formUnion($1) }.count > 20)
  }

  @Test func `every keyword clip of the plan comes once an epoch, in another order`() throws {
    let data = try data(clipCount: 100) { $0.quiet() }
    let first = try clips(data, epoch: 0).filter { $0.label < 2 }.map(\.bits)
    let second = try clips(data, epoch: 1).filter { $0.label < 2 }.map(\.bits)
    #expect(first.count == 200)
    #expect(Set(first) == Set(second))
    #expect(first != second)
  }

  @Test func `silence is noise at many levels and sometimes digital zero`() throws {
    let data = try data(clipCount: 100) {
      $0.timeMaskCount = 0
      $0.frequencyMaskCount = 0
    }
    var levels: [Float] = []
    for epoch in 0..<5 {
      levels += try clips(data, epoch: epoch).filter { $0.label == 2 }.map { clip in
        clip.bits.reduce(0) { $0 + Float(bitPattern: $1) } / Float(clip.bits.count)
      }
    }
    let floor = Float(-14.5087)
    let zeros = levels.filter { abs($0 - floor) < 1e-3 }
    #expect(levels.count == 100)
    #expect(!zeros.isEmpty && zeros.count < 40)
    // The rest spreads over several nepers, not one level.
    let rest = levels.filter { $0 > floor + 0.01 }.sorted()
    #expect(rest[rest.count * 9 / 10] - rest[rest.count / 10] > 1.5)
  }

  @Test func `about half of the training clips go on from the one before`() throws {
    let data = try data(clipCount: 100)
    var continues: [Bool] = []
    for epoch in 0..<5 {
      for index in 0..<data.batchCount {
        continues += try data.batch(epoch: epoch, index: index).continues
      }
    }
    let part = Double(continues.filter { $0 }.count) / Double(continues.count)
    #expect(abs(part - 0.5) < 0.06)
  }

  @Test func `validation does not depend on the seed nor on the augmentation`() throws {
    let one = try data(seed: 1)
    let two = try data(seed: 99) { $0.gainDecibels = -3...(-2) }
    #expect(one.validationBatchCount == two.validationBatchCount)
    var labels: [Int] = []
    for index in 0..<one.validationBatchCount {
      let batch = try one.validationBatch(index)
      #expect(values(batch) == values(try two.validationBatch(index)))
      #expect(batch.continues.allSatisfy { !$0 })
      labels += batch.labels
    }
    // 10 validation clips of each keyword, and a tenth of them of silence and of unknown.
    #expect((0..<4).map { label in labels.filter { $0 == label }.count } == [10, 10, 2, 2])
  }

  @Test func `a keyword without clips is named with its split and folder`() throws {
    let path = try LogMelFiles.small().write(to: folder, "set40")
    #expect(
      throws: DatasetError.missingClass(word: "maybe", split: .training, sources: [path])
    ) { try data(keywords: ["yes", "maybe"]) }
    var files = LogMelFiles.small()
    files.clips = files.clips.map {
      $0.word == "no" ? LogMelFiles.Clip(word: "no", name: $0.name, split: "training") : $0
    }
    let lacking = try files.write(to: folder, "lacking")
    #expect(
      throws: DatasetError.missingClass(word: "no", split: .validation, sources: [lacking])
    ) {
      try TrainingData(
        sources: [.logMel(path: lacking)], keywords: ["yes", "no"],
        features: FeatureConfiguration(), batchSize: 8, seed: 1)
    }
  }

  @Test func `a set without noise or without other words is refused`() throws {
    let quiet = try LogMelFiles.small(noiseCount: 0).write(to: folder, "quiet")
    for (path, keywords, kind) in [
      (quiet, ["yes", "no"], "background noise"),
      (
        try LogMelFiles.small().write(to: folder, "set40"), ["yes", "no", "tree", "bird"],
        "other words"
      ),
    ] {
      #expect(
        throws: DatasetError.missingMaterial(kind: kind, split: .training, sources: [path])
      ) {
        try TrainingData(
          sources: [.logMel(path: path)], keywords: keywords, features: FeatureConfiguration(),
          batchSize: 8, seed: 1)
      }
    }
  }

  @Test func `a front end that the spectra are not of is refused with the field`() throws {
    let path = folder.path + "/set40"
    for (features, field, expected, found) in [
      (FeatureConfiguration(windowLength: 640, fftLength: 1024), "window length", "512", "640"),
      (FeatureConfiguration(hopLength: 200), "hop", "160 or 320", "200"),
      (FeatureConfiguration(melBinCount: 32), "mel bins", "40", "32"),
      (FeatureConfiguration(highFrequency: 8000), "high frequency", "4000.0", "8000.0"),
      (FeatureConfiguration(cepstralCoefficientCount: 41), "coefficients", "1 to 40", "41"),
      (FeatureConfiguration(cepstralCoefficientCount: 0), "coefficients", "1 to 40", "0"),
    ] {
      #expect(
        throws: DatasetError.features(path: path, field: field, expected: expected, found: found)
      ) { try data(features: features) }
    }
  }

  @Test func `hop 320 is every other frame of hop 160`() throws {
    let fine = try data()
    let coarse = try data(features: FeatureConfiguration(hopLength: 320))
    #expect(fine.frameCount == 97 && coarse.frameCount == 49)
    let one = try fine.batch(epoch: 0, index: 2)
    let two = try coarse.batch(epoch: 0, index: 2)
    var isSame = true
    for clip in 0..<8 {
      for frame in 0..<49 {
        for bin in 0..<40 {
          isSame =
            isSame
            && one.features.span[(clip * 97 + 2 * frame) * 40 + bin]
              == two.features.span[(clip * 49 + frame) * 40 + bin]
        }
      }
    }
    #expect(isSame)
  }

  @Test func `cepstral coefficients are the transform of the log-mel of the same draw`() throws {
    let logMel = try data().batch(epoch: 1, index: 0)
    let cepstral = try data(features: FeatureConfiguration(cepstralCoefficientCount: 10))
      .batch(epoch: 1, index: 0)
    let expected = SharedBuffer<Float>(zeroed: 8 * 97 * 10)
    var span = expected.mutableSpan
    CosineTransform(inputCount: 40, outputCount: 10).apply(logMel.features.span, into: &span)
    let isSame = (0..<expected.count).allSatisfy { expected.span[$0] == cepstral.features.span[$0] }
    #expect(isSame)
  }

  @Test func `the normalization gives the training words zero mean and unit deviation`() throws {
    let data = try data { $0.quiet() }
    var sums = [Double](repeating: 0, count: 40)
    var squares = [Double](repeating: 0, count: 40)
    var count = 0.0
    for (label, bits) in try (0..<8).flatMap({ try clips(data, epoch: $0) }) where label != 2 {
      for index in bits.indices {
        let bin = index % 40
        let value = Double(
          (Float(bitPattern: bits[index]) - data.normalization.mean[bin])
            * data.normalization.scale[bin])
        sums[bin] += value
        squares[bin] += value * value
      }
      count += 97
    }
    // Epochs draw fewer unknown words than the normalization sees, hence the room.
    for bin in 0..<40 {
      #expect(abs(sums[bin] / count) < 0.8 && abs(squares[bin] / count - 1) < 0.8, "bin \(bin)")
    }
  }
}

extension AugmentationConfiguration {
  /// Clips as they are, so that a clip can be told by its bits.
  mutating func quiet() {
    shiftSeconds = 0
    noiseProbability = 0
    gainDecibels = 0...0
    timeMaskCount = 0
    frequencyMaskCount = 0
  }
}
