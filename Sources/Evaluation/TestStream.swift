// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers

/// A long recording made of clips: words at known times over a background of a known level.
///
/// One seed gives one recording: which clips, where, and which background are draws of it.
package struct TestStream: Sendable {
  /// What a stream is made of and how.
  package struct Configuration: Equatable, Sendable {
    /// Length in seconds.
    package var seconds: Double

    /// Words of the stream, of all labels together.
    package var wordCount: Int

    /// Least silence between words, in seconds.
    package var spacingSeconds: Double

    /// Mean power of the words' samples over that of the background, in decibels; nil for digital zero
    /// between words where there is no background.
    package var signalToNoiseDecibels: Double?

    package var seed: UInt64

    package init(
      seconds: Double, wordCount: Int, spacingSeconds: Double, signalToNoiseDecibels: Double?,
      seed: UInt64
    ) {
      self.seconds = seconds
      self.wordCount = wordCount
      self.spacingSeconds = spacingSeconds
      self.signalToNoiseDecibels = signalToNoiseDecibels
      self.seed = seed
    }
  }

  /// Clips of one word.
  package struct Word: Equatable, Sendable {
    package var label: String
    package var paths: [String]

    package init(label: String, paths: [String]) {
      self.label = label
      self.paths = paths
    }
  }

  /// 16 kHz mono.
  package let samples: [Int16]

  /// The words in the order in which they are spoken, each as long as its clip.
  package let truth: [TruthWord]

  /// Makes the recording.
  ///
  /// Labels take turns in a random order, so that each has as many words as any other, but for one.
  /// - Parameters:
  ///   - words: at least one, each with clips.
  ///   - background: recordings that follow each other under the words; empty for none.
  /// - Throws: `EvaluationError.crowded` where the words do not fit, `.audio`.
  package init(
    _ configuration: Configuration, words: [Word], background: [String]
  ) throws(EvaluationError) {
    var generator = CounterBasedGenerator(seed: configuration.seed, stream: 0x5354_524D)
    let rate = Double(AudioFormat.sampleRate)
    let length = Int(configuration.seconds * rate)
    let order = Self.order(words, count: configuration.wordCount, &generator)
    var clips: [(label: String, samples: [Float])] = []
    for (label, path) in order { clips.append((label, try Self.samples(path))) }

    let spacing = Int(configuration.spacingSeconds * rate)
    let taken = clips.reduce(spacing) { $0 + $1.samples.count + spacing }
    guard taken <= length else {
      throw .crowded(needed: Double(taken) / rate, seconds: configuration.seconds)
    }
    // What is left of the time is cut into gaps by so many random points.
    let cuts = clips.map { _ in Int.random(in: 0...(length - taken), using: &generator) }.sorted()
    var mixture = [Float](repeating: 0, count: length)
    var (truth, energy, wordLength): ([TruthWord], Double, Int) = ([], 0, 0)
    var place = spacing
    var last = 0
    for (clip, cut) in zip(clips, cuts) {
      place += cut - last
      last = cut
      for (offset, value) in clip.samples.enumerated() {
        mixture[place + offset] = value
        energy += Double(value) * Double(value)
      }
      truth.append(
        TruthWord(
          start: Double(place) / rate, end: Double(place + clip.samples.count) / rate,
          label: clip.label))
      wordLength += clip.samples.count
      place += clip.samples.count + spacing
    }
    if let decibels = configuration.signalToNoiseDecibels, !background.isEmpty {
      let noise = try Self.noise(
        background, length: length, power: energy / Double(max(wordLength, 1)), decibels: decibels,
        &generator)
      for (index, word) in truth.enumerated() {
        let range = Int((word.start * rate).rounded())..<Int((word.end * rate).rounded())
        truth[index].signalToNoiseDecibels = Decibels.level(
          of: mixture[range], over: noise[range])
      }
      for index in mixture.indices { mixture[index] += noise[index] }
    }
    samples = mixture.map { Int16(max(-32_768, min(32_767, ($0 * 32_768).rounded()))) }
    self.truth = truth
  }

  /// One clip for each word of the stream.
  private static func order(
    _ words: [Word], count: Int, _ generator: inout CounterBasedGenerator
  ) -> [(label: String, path: String)] {
    var turns: [Word] = []
    while turns.count < count { turns += words.shuffled(using: &generator) }
    return turns.prefix(count).map { word in
      (word.label, word.paths[Int.random(in: word.paths.indices, using: &generator)])
    }
  }

  private static func samples(_ path: String) throws(EvaluationError) -> [Float] {
    do throws(AudioError) {
      return try WholeClip(path: path).samples
    } catch { throw .audio(error) }
  }

  /// Recordings one after the other, in a random order, all by one factor: `length` samples; zeros where
  /// they have none or no power.
  private static func noise(
    _ background: [String], length: Int, power: Double, decibels: Double,
    _ generator: inout CounterBasedGenerator
  ) throws(EvaluationError) -> [Float] {
    let silence = [Float](repeating: 0, count: length)
    var noise: [Float] = []
    noise.reserveCapacity(length)
    while noise.count < length {
      let before = noise.count
      for path in background.shuffled(using: &generator) where noise.count < length {
        noise += try samples(path)
      }
      guard noise.count > before else { return silence }
    }
    noise.removeLast(noise.count - length)
    let ownPower = Decibels.meanPower(noise)
    guard ownPower > 0 else { return silence }
    let factor = Float(
      Decibels.noiseAmplitude(signal: power, noise: ownPower, signalToNoise: decibels))
    return noise.map { factor * $0 }
  }
}
