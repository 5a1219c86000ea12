// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import FoundationEssentials
package import ModelFormat
package import SpeechFeatures
import Storage
import Synchronization

/// A task made of one or several sources: batches of features with labels.
///
/// A batch is a function of (seed, epoch, index), whatever was asked before and from which thread.
package final class TrainingData: Sendable {
  package let task: KeywordTask
  package let features: FeatureConfiguration
  package let augmentation: AugmentationConfiguration
  package let batchSize: Int
  package let seed: UInt64

  /// Per-coefficient normalization over training clips of words.
  package let normalization: FeatureNormalization

  /// SHA-256 over the indexes of all sources.
  package let digest: String

  let sources: [ClipSource]
  private let mixing = NoiseMixing()
  private let mixedSources: [NoiseSource]
  let training: ClipLists
  let validation: ClipLists
  private let validationPlan: EpochPlan
  private let plan = Mutex<(epoch: Int, plan: EpochPlan)?>(nil)

  /// Reads the sources' indexes and prepares the task.
  ///
  /// - Throws: `DatasetError` for a broken source, a class without clips, or features that a
  ///   precomputed source cannot give.
  package convenience init(
    sources: [DataSource], keywords: [String], features: FeatureConfiguration, batchSize: Int,
    seed: UInt64, augmentation: AugmentationConfiguration = AugmentationConfiguration()
  ) throws(DatasetError) {
    // Wrong keywords are told before large files are read.
    let task = try KeywordTask(keywords: keywords)
    var opened: [ClipSource] = []
    for source in sources {
      opened.append(try ClipSource(source, features: features, augmentation: augmentation))
    }
    try self.init(
      opened, task: task, features: features, batchSize: batchSize,
      seed: seed, augmentation: augmentation, speakers: .all)
  }

  /// The same task with some of the training speakers only; the validation set stays whole.
  ///
  /// - Throws: `DatasetError.missingClass` where no clip of a word is left.
  package func with(_ speakers: SpeakerPart) throws(DatasetError) -> TrainingData {
    try TrainingData(
      sources, task: task, features: features, batchSize: batchSize, seed: seed,
      augmentation: augmentation, speakers: speakers)
  }

  private init(
    _ opened: [ClipSource], task: KeywordTask, features: FeatureConfiguration, batchSize: Int,
    seed: UInt64, augmentation: AugmentationConfiguration, speakers: SpeakerPart
  ) throws(DatasetError) {
    self.task = task
    self.features = features
    self.batchSize = batchSize
    self.seed = seed
    self.augmentation = augmentation
    self.sources = opened
    mixedSources = opened.compactMap { source in
      if case .noise(let noise) = source { noise } else { nil }
    }
    training = try ClipLists(sources: opened, task: task, split: .training, speakers: speakers)
    validation = try ClipLists(sources: opened, task: task, split: .validation)
    // The validation set is the same whatever the seed of the training.
    validationPlan = EpochPlan(
      keywords: validation.keywords, unknown: validation.unknown,
      rejectCount: task.rejectCount(keywordClipCount: validation.keywords.count), seed: 0,
      epoch: 0)
    digest = Self.digest(opened)
    normalization = try Self.normalization(opened, training, features: features)
  }

  /// All labels in the order of the network's outputs.
  package var labels: [String] { task.labels }

  /// Frames per clip.
  package var frameCount: Int {
    features.frameCount(sampleCount: features.sampleRate)
  }

  /// Clips that all batches of an epoch hold.
  package var clipCount: Int { min(drawCount, batchCount * batchSize) }

  /// Full batches per epoch; what is left over is not used in that epoch. A set smaller than a batch
  /// is one batch.
  package var batchCount: Int { max(drawCount / batchSize, 1) }

  /// Clips of an epoch's plan.
  private var drawCount: Int {
    let keywordCount = training.keywords.count
    let rejectCount = task.rejectCount(keywordClipCount: keywordCount)
    return keywordCount + min(rejectCount, training.unknown.count) + rejectCount
      + splicedSpeechCount
  }

  /// Clips of spliced speech of an epoch's plan.
  private var splicedSpeechCount: Int {
    Int(Float(training.keywords.count) * (augmentation.splicedSpeech ?? 0))
  }

  /// Batches of validation clips, the last one perhaps smaller.
  package var validationBatchCount: Int {
    (validationPlan.draws.count + batchSize - 1) / batchSize
  }

  /// Batches of validation clips that are full; 0 where the set is smaller than a batch.
  package var fullValidationBatchCount: Int { validationPlan.draws.count / batchSize }

  /// The seed-free options of the draws, for the record in a checkpoint: a JSON object that can be read
  /// as an `AugmentationConfiguration`.
  package var drawDescription: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let options = DrawOptions(
      augmentation: augmentation, noiseMixing: mixedSources.isEmpty ? nil : mixing)
    return String(decoding: try! encoder.encode(options), as: UTF8.self)
  }

  /// Batch `index` of `epoch`, augmented.
  package func batch(epoch: Int, index: Int) throws(DatasetError) -> Batch {
    let plan = plan(epoch: epoch)
    let range = index * batchSize..<min((index + 1) * batchSize, plan.draws.count)
    return try makeBatch(plan.draws[range], lists: training, epoch: UInt32(epoch), augmented: true)
  }

  /// Batch `index` of the validation set, as it is.
  package func validationBatch(_ index: Int) throws(DatasetError) -> Batch {
    let range = index * batchSize..<min((index + 1) * batchSize, validationPlan.draws.count)
    return try makeBatch(
      validationPlan.draws[range], lists: validation, epoch: 0, augmented: false)
  }

  /// Names of the validation clips in the order of their batches: `word/name`, and `_silence_/number`.
  package var validationNames: [String] {
    validationPlan.draws.map { draw in
      switch draw {
      case .word(let clip): sources[clip.source].name(clip.clip)
      case .silence(let index): "\(KeywordTask.silenceLabel)/\(index)"
      case .splicedSpeech: preconditionFailure("validation has no spliced speech")
      }
    }
  }

  private func plan(epoch: Int) -> EpochPlan {
    plan.withLock { cached in
      if let cached, cached.epoch == epoch { return cached.plan }
      let made = EpochPlan(
        keywords: training.keywords, unknown: training.unknown,
        rejectCount: task.rejectCount(keywordClipCount: training.keywords.count),
        splicedSpeechCount: splicedSpeechCount, seed: seed, epoch: UInt32(epoch))
      cached = (epoch, made)
      return made
    }
  }

  private func makeBatch(
    _ draws: ArraySlice<EpochPlan.Draw>, lists: ClipLists, epoch: UInt32, augmented: Bool
  ) throws(DatasetError) -> Batch {
    let clipSize = frameCount * features.coefficientCount
    let buffer = SharedBuffer<Float>(zeroed: draws.count * clipSize)
    var labels: [Int] = []
    var continues: [Bool] = []
    for (slot, index) in draws.indices.enumerated() {
      var stream = CounterBasedGenerator(
        seed: seed, stream: EpochPlan.Stream.continues, epoch, UInt32(index))
      continues.append(augmented && stream.nextUniform() < augmentation.inStreamProbability)
      let range = slot * clipSize..<(slot + 1) * clipSize
      try write(draws[index], lists: lists, epoch: epoch, augmented: augmented, to: buffer, range)
      switch draws[index] {
      case .word(let clip): labels.append(clip.label)
      case .silence: labels.append(task.silenceIndex)
      case .splicedSpeech: labels.append(task.unknownIndex)
      }
    }
    return Batch(
      features: buffer, clipCount: draws.count, frameCount: frameCount, labels: labels,
      continues: continues)
  }

  private func write(
    _ draw: EpochPlan.Draw, lists: ClipLists, epoch: UInt32, augmented: Bool,
    to buffer: SharedBuffer<Float>, _ range: Range<Int>
  ) throws(DatasetError) {
    var target = buffer.mutableSpan(range)
    switch draw {
    case .word(let clip):
      // A clip is named by its source and place, so that its draws are its own in every epoch.
      var generator = CounterBasedGenerator(
        seed: seed, stream: EpochPlan.Stream.word + UInt32(clip.source) << 8, epoch,
        UInt32(clip.clip))
      try sources[clip.source].writeWord(
        clip.clip, split: lists.split,
        draw: augmented ? AugmentationDraw(augmentation, &generator) : .none,
        mix: augmented
          ? mix(stream: clip.source, epoch: epoch, index: UInt32(clip.clip)) : nil,
        into: &target)
    case .silence(let index):
      var generator = CounterBasedGenerator(
        seed: augmented ? seed : 0, stream: EpochPlan.Stream.silence, epoch, UInt32(index))
      let choice = generator.nextUniform()
      let source = lists.noiseSources[index % lists.noiseSources.count]
      try sources[source].writeNoise(
        split: lists.split,
        draw: AugmentationDraw(silence: augmentation, masked: augmented, &generator),
        choice: choice, into: &target)
    case .splicedSpeech(let index):
      var generator = CounterBasedGenerator(
        seed: seed, stream: EpochPlan.Stream.splicedSpeech, epoch, UInt32(index))
      let speech = SplicedSpeech(lists, task, &generator)
      let source = sources[speech.source]
      source.writeParts(
        speech.parts(source.speechExtent), split: lists.split,
        draw: AugmentationDraw(augmentation, &generator),
        // Words draw by their source, of which there are not as many as this.
        mix: mix(stream: 1 << 16, epoch: epoch, index: UInt32(index)), into: &target)
    }
  }

  /// Noise of a source of noise for a clip of the training set; nil for many or without such sources.
  private func mix(stream: Int, epoch: UInt32, index: UInt32) -> NoiseMix? {
    var generator = CounterBasedGenerator(
      seed: seed, stream: EpochPlan.Stream.noise + UInt32(stream) << 8, epoch, index)
    return NoiseMix(mixing, mixedSources, &generator)
  }

  private static func digest(_ sources: [ClipSource]) -> String {
    if sources.count == 1 { return sources[0].digest }
    return SHA256.digest(of: Array(sources.map(\.digest).joined().utf8).span)
  }

  /// Mean and inverse standard deviation per coefficient over up to 2,000 training clips of words,
  /// evenly spaced, as they are.
  private static func normalization(
    _ sources: [ClipSource], _ lists: ClipLists, features: FeatureConfiguration
  ) throws(DatasetError) -> FeatureNormalization {
    let count = features.coefficientCount
    let frameCount = features.frameCount(sampleCount: features.sampleRate)
    var buffer = AlignedBuffer<Float>(zeroed: frameCount * count)
    var sums = [Double](repeating: 0, count: count)
    var squares = [Double](repeating: 0, count: count)
    var total = 0.0
    let clips = lists.keywords + lists.unknown
    let step = max(clips.count / 2_000, 1)
    for index in stride(from: 0, to: clips.count, by: step) {
      var target = buffer.mutableSpan
      try sources[clips[index].source].writeWord(
        clips[index].clip, split: .training, draw: .none, into: &target)
      let values = buffer.span
      for frame in 0..<frameCount {
        for coefficient in 0..<count {
          let value = Double(values[frame * count + coefficient])
          sums[coefficient] += value
          squares[coefficient] += value * value
        }
      }
      total += Double(frameCount)
    }
    let mean = sums.map { $0 / total }
    return FeatureNormalization(
      mean: mean.map { Float($0) },
      scale: (0..<count).map {
        let variance = squares[$0] / total - mean[$0] * mean[$0]
        // A coefficient that never changes carries nothing; its scale only must be finite.
        return Float(1 / max(variance, 1e-6).squareRoot())
      })
  }
}
