// SPDX-License-Identifier: GPL-3.0-or-later

import Audio
import Buffers
import FoundationEssentials
import SpeechFeatures
import Storage

/// Noise from a folder of recordings: silence, and what words are mixed with at a ratio.
///
/// All recordings of the folder and its folders. They lie in memory as samples, for words that are
/// recordings, and as power per mel bin, for words that are spectra. A fifth of them, by a hash of their
/// names, is kept from training.
final class NoiseSource: Sendable {
  let path: String

  /// SHA-256 over names and sizes.
  let digest: String

  private let recordings: [NoiseSpectrum]
  private let trainingIndexes: [Int]
  private let validationIndexes: [Int]
  private let features: FeatureConfiguration
  private let cosineTransform: CosineTransform?

  /// Reads every recording.
  ///
  /// - Throws: `DatasetError` for a folder without recordings for training or the first that cannot
  ///   be read.
  init(path: String, features: FeatureConfiguration) throws(DatasetError) {
    let plan = try FeaturePlan.logMel(of: features, path: path)
    var recordings: [NoiseSpectrum] = []
    var (training, validation): ([Int], [Int]) = ([], [])
    var index = ""
    for name in try Self.names(in: path) {
      let file = "\(path)/\(name)"
      let spectrum = NoiseSpectrum(try Recording(path: file), plan: plan)
      guard spectrum.frameCount > 0 else {
        throw .empty(path: file, expected: "a frame of \(features.windowLength) samples")
      }
      if Split.hashPercentage(name) < 20 {
        validation.append(recordings.count)
      } else {
        training.append(recordings.count)
      }
      recordings.append(spectrum)
      index += "\(name)\tnoise\t\(File.byteCount(file) ?? 0)\n"
    }
    guard !training.isEmpty else { throw .heldOut(path: path, count: recordings.count) }
    self.path = path
    self.recordings = recordings
    self.features = features
    trainingIndexes = training
    validationIndexes = validation
    cosineTransform = features.cepstralCoefficientCount.map {
      CosineTransform(inputCount: features.melBinCount, outputCount: $0)
    }
    digest = SHA256.digest(of: Array(index.utf8).span)
  }

  func hasNoise(_ split: Split) -> Bool { !indexes(split).isEmpty }

  /// The recording of a split that `choice`, a part of all there are, stands for.
  ///
  /// - Precondition: the split has noise.
  func recording(_ split: Split, choice: Float) -> NoiseSpectrum {
    let indexes = indexes(split)
    return recordings[indexes[min(Int(choice * Float(indexes.count)), indexes.count - 1)]]
  }

  /// Writes the features `[frame, coefficient]` of noise at `draw.gain`, perhaps with a second one;
  /// digital zero at gain 0.
  func writeNoise(
    split: Split, draw: AugmentationDraw, choice: Float, into target: inout MutableSpan<Float>
  ) {
    let binCount = features.melBinCount
    let frameCount = target.count / features.coefficientCount
    var power = [Float](repeating: features.powerFloor, count: frameCount * binCount)
    var span = power.mutableSpan
    if draw.gain > 0 {
      recording(split, choice: choice).addPower(
        place: draw.noiseOffset, factor: draw.gain * draw.gain, to: &span)
    }
    if draw.noiseGain > 0 {
      recording(split, choice: draw.noiseChoice).addPower(
        place: 1 - draw.noiseOffset, factor: draw.noiseGain * draw.noiseGain, to: &span)
    }
    for index in power.indices { power[index] = fastLogarithm(power[index]) }
    if let cosineTransform {
      cosineTransform.apply(power.span, into: &target)
    } else {
      for index in power.indices { target[index] = power[index] }
    }
  }

  private func indexes(_ split: Split) -> [Int] {
    split == .training ? trainingIndexes : validationIndexes
  }

  /// Paths of recordings below `folder`, sorted.
  private static func names(in folder: String) throws(DatasetError) -> [String] {
    guard FileManager.default.fileExists(atPath: folder) else {
      throw .storage(.notFound(path: folder))
    }
    // The dot leads through a path that is a link to a folder.
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: folder + "/.") else {
      throw .unreadable(path: folder)
    }
    let found = names.filter(AudioFormat.isRecording).sorted()
    guard !found.isEmpty else { throw .empty(path: folder, expected: "recordings of noise") }
    return found
  }
}
