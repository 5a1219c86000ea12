// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import SpeechFeatures

/// Draws features from a folder of recordings: varied as waveforms, then through the front end.
///
/// Clips lie in memory as 16-bit samples, one second at most: shorter ones are padded with zeros at
/// their end, of longer ones the loudest second is taken. The noise recordings are cut in time, the
/// last fifth for validation; one of less than five seconds goes to one side whole, by a hash of its
/// name. Both sides are of the same recordings all the same.
final class RecordingSource: Sendable {
  /// A stretch of a noise recording, used for one split.
  struct NoiseStretch: Sendable {
    let recording: Int
    let range: Range<Int>
  }

  let folder: RecordingFolder
  private let clips: [Recording]
  private let noise: [Recording]
  private let trainingNoise: [NoiseStretch]
  private let validationNoise: [NoiseStretch]
  private let features: FeatureConfiguration
  private let augmentation: AugmentationConfiguration

  /// The front end up to the logarithm; masks are put before the DCT.
  private let plan: FeaturePlan
  private let cosineTransform: CosineTransform?

  /// Mean log-mel per bin over training words, which stands in masked places.
  private let fill: [Float]

  /// Reads every recording of training and validation.
  ///
  /// - Throws: `DatasetError` for the first recording that cannot be read, or for features that
  ///   cannot be computed.
  init(
    path: String, features: FeatureConfiguration, augmentation: AugmentationConfiguration
  ) throws(DatasetError) {
    plan = try .logMel(of: features, path: path)
    let folder = try RecordingFolder(path: path)
    var clips: [Recording] = []
    for clip in folder.clips {
      // Test clips are listed, so that nobody takes them for training, but never drawn.
      clips.append(
        clip.split == .testing
          ? Recording(samples: [])
          : try Recording(path: clip.path).loudest(length: features.sampleRate))
    }
    var noise: [Recording] = []
    for path in folder.noisePaths { noise.append(try Recording(path: path)) }
    self.folder = folder
    self.clips = clips
    self.noise = noise
    trainingNoise = Self.stretches(noise, paths: folder.noisePaths, split: .training)
    validationNoise = Self.stretches(noise, paths: folder.noisePaths, split: .validation)
    self.features = features
    self.augmentation = augmentation
    cosineTransform = features.cepstralCoefficientCount.map {
      CosineTransform(inputCount: features.melBinCount, outputCount: $0)
    }
    fill = Self.meanLogMel(
      folder.clips.indices.filter { folder.clips[$0].split == .training }.map { clips[$0] },
      plan: plan)
  }

  /// Stretches of noise for a split.
  func noise(_ split: Split) -> [NoiseStretch] {
    split == .training ? trainingNoise : validationNoise
  }

  /// Writes the features `[frame, coefficient]` of a word.
  ///
  /// A clip without noise where the folder has none. `mix` is noise of another source, instead.
  func writeWord(
    _ clip: Int, split: Split, draw: AugmentationDraw, mix: NoiseMix? = nil,
    into target: inout MutableSpan<Float>
  ) {
    let shift = Int((draw.shiftSeconds * Float(features.sampleRate)).rounded())
    let waveform = SharedBuffer<Float>(zeroed: features.sampleRate)
    var samples = waveform.mutableSpan
    Self.add(clips[clip].samples[...], gain: draw.gain, at: shift, to: &samples)
    addNoise(split, draw, mix, to: &samples)
    write(waveform, draw: draw, into: &target)
  }

  /// Where in a clip speech is.
  func speechExtent(_ clip: Int) -> SpeechExtent {
    let length = features.sampleRate / 100
    let samples = clips[clip].samples
    return SpeechExtent(
      powers: (0..<samples.count / length).map { frame in
        samples[frame * length..<(frame + 1) * length].reduce(0) {
          $0 + Float($1) * Float($1)
        }
      })
  }

  /// Writes the features `[frame, coefficient]` of stretches of clips, at their gain times that drawn.
  func writeParts(
    _ parts: [ClipPart], split: Split, draw: AugmentationDraw, mix: NoiseMix?,
    into target: inout MutableSpan<Float>
  ) {
    let length = features.sampleRate / 100
    let waveform = SharedBuffer<Float>(zeroed: features.sampleRate)
    var samples = waveform.mutableSpan
    for part in parts {
      let range = part.frames.lowerBound * length..<part.frames.upperBound * length
      Self.add(
        clips[part.clip].samples[range], gain: part.gain * draw.gain, at: part.start * length,
        to: &samples)
    }
    addNoise(split, draw, mix, to: &samples)
    write(waveform, draw: draw, into: &target)
  }

  /// Adds the folder's own noise as it is drawn, or instead that of another source.
  private func addNoise(
    _ split: Split, _ draw: AugmentationDraw, _ mix: NoiseMix?,
    to samples: inout MutableSpan<Float>
  ) {
    let stretches = noise(split)
    if let mix {
      mix.recording.mix(place: mix.place, decibels: mix.decibels, into: &samples)
    } else if draw.noiseGain > 0, !stretches.isEmpty {
      add(stretches, draw.noiseChoice, place: draw.noiseOffset, gain: draw.noiseGain, to: &samples)
    }
  }

  /// Writes the features `[frame, coefficient]` of noise at `draw.gain`; digital zero at gain 0.
  func writeNoise(
    split: Split, draw: AugmentationDraw, choice: Float, into target: inout MutableSpan<Float>
  ) {
    let waveform = SharedBuffer<Float>(zeroed: features.sampleRate)
    var samples = waveform.mutableSpan
    let stretches = noise(split)
    if draw.gain > 0 {
      add(stretches, choice, place: draw.noiseOffset, gain: draw.gain, to: &samples)
    }
    if draw.noiseGain > 0 {
      // From the other end, so that two draws of one recording are not the same place.
      add(
        stretches, draw.noiseChoice, place: 1 - draw.noiseOffset, gain: draw.noiseGain,
        to: &samples)
    }
    write(waveform, draw: draw, into: &target)
  }

  private func write(
    _ waveform: SharedBuffer<Float>, draw: AugmentationDraw,
    into target: inout MutableSpan<Float>
  ) {
    var extractor = FeatureExtractor(plan: plan)
    let masks = SpectrumMasks(
      frameCount: features.frameCount(sampleCount: features.sampleRate),
      binCount: features.melBinCount,
      framesPerSecond: Float(features.sampleRate) / Float(features.hopLength))
    guard let cosineTransform else {
      _ = extractor.push(waveform.span, into: &target)
      masks.apply(draw, configuration: augmentation, fill: fill, to: &target)
      return
    }
    let buffer = SharedBuffer<Float>(zeroed: masks.frameCount * masks.binCount)
    var logMel = buffer.mutableSpan
    _ = extractor.push(waveform.span, into: &logMel)
    masks.apply(draw, configuration: augmentation, fill: fill, to: &logMel)
    cosineTransform.apply(buffer.span, into: &target)
  }

  /// Adds a second of one of the stretches; a shorter one is repeated.
  private func add(
    _ stretches: [NoiseStretch], _ choice: Float, place: Float, gain: Float,
    to samples: inout MutableSpan<Float>
  ) {
    let stretch = stretches[min(Int(choice * Float(stretches.count)), stretches.count - 1)]
    let recording = noise[stretch.recording].samples
    let source = recording.span
    let room = max(stretch.range.count - samples.count, 0)
    // In double precision: a recording may have more samples than single precision has numbers.
    var index = stretch.range.lowerBound + min(Int(Double(place) * Double(room + 1)), room)
    let scale = gain / 32_768
    for target in samples.indices {
      samples[target] += Float(source[index]) * scale
      index += 1
      if index == stretch.range.upperBound { index = stretch.range.lowerBound }
    }
  }

  /// Adds `source`, `offset` samples later; what leaves the window is lost.
  private static func add(
    _ source: ArraySlice<Int16>, gain: Float, at offset: Int, to samples: inout MutableSpan<Float>
  ) {
    let first = max(offset, 0)
    let last = min(source.count + offset, samples.count)
    guard first < last else { return }
    let source = source.span
    let scale = gain / 32_768
    for index in first..<last { samples[index] += Float(source[index - offset]) * scale }
  }

  private static func stretches(
    _ noise: [Recording], paths: [String], split: Split
  ) -> [NoiseStretch] {
    noise.indices.compactMap { index in
      let count = noise[index].samples.count
      let file = paths[index].split(separator: "/").last ?? ""
      let name = String(file.prefix { $0 != "." })
      let isTraining = split == .training
      guard count >= 5 * AudioFormat.sampleRate else {
        let isHeldOut = Split.hashPercentage(name) < 20
        return isHeldOut == isTraining ? nil : NoiseStretch(recording: index, range: 0..<count)
      }
      let cut = count - count / 5
      return NoiseStretch(recording: index, range: isTraining ? 0..<cut : cut..<count)
    }
  }

  /// Mean ln(power + floor) per mel bin over up to 500 clips, evenly spaced, without their padding.
  private static func meanLogMel(_ clips: [Recording], plan: FeaturePlan) -> [Float] {
    let binCount = plan.configuration.melBinCount
    var sums = [Double](repeating: 0, count: binCount)
    var frameCount = 0
    var extractor = FeatureExtractor(plan: plan)
    for index in stride(from: 0, to: clips.count, by: max(clips.count / 500, 1)) {
      let samples = clips[index].samples.map { Float($0) / 32_768 }
      let count = plan.configuration.frameCount(sampleCount: samples.count)
      guard count > 0 else { continue }
      var frames = [Float](repeating: 0, count: count * binCount)
      var span = frames.mutableSpan
      extractor.reset()
      _ = extractor.push(samples.span, into: &span)
      for frame in 0..<count {
        for bin in 0..<binCount { sums[bin] += Double(frames[frame * binCount + bin]) }
      }
      frameCount += count
    }
    guard frameCount > 0 else { return sums.map { Float($0) } }
    return sums.map { Float($0 / Double(frameCount)) }
  }
}
