// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import SyntheticSpeech
import Testing

/// A data set of two keywords and a network for it, as files.
final class TrainingFixture {
  let folder: TemporaryFolder
  let data: String
  let architecture: String

  /// - Parameters:
  ///   - clipCount: clips per word.
  ///   - channelCount: channels of the network's convolutions, which decide how long an epoch takes.
  init(clipCount: Int = 40, channelCount: Int = 8) throws {
    folder = try TemporaryFolder()
    data = try SyntheticLogMelSet(in: folder.root, clipCount: clipCount).path
    architecture = try folder.write(
      "tiny.json", Array(Self.architecture(channelCount: channelCount).utf8))
  }

  /// The JSON form of a network from 40 bins to four classes.
  static func architecture(channelCount: Int) -> String {
    """
    {"name": "tiny", "coefficientCount": 40, "windowFrameCount": 97, "layers": [
      {"name": "flat", "operation": {"type": "frequencyToChannels"},
       "normalization": "none", "activation": "none"},
      {"name": "stem", "operation": {"type": "convolution", "outputs": \(channelCount),
       "kernel": [3, 1], "stride": [4, 1]}, "normalization": "batch", "activation": "relu"},
      {"name": "pool", "operation": {"type": "averagePool"},
       "normalization": "none", "activation": "none"},
      {"name": "head", "operation": {"type": "dense", "outputs": 4},
       "normalization": "none", "activation": "none"}]}
    """
  }

  /// Arguments of a training run; its output is `run.safetensors` in the working folder, so that
  /// the command, which the checkpoint records, is the same in every folder.
  func training(epochs: Int = 3, _ more: [String] = []) -> [String] {
    [
      "train", "--data", "log-mel=\(data)", "--keywords", "yes,no", "--batch", "10",
      "--architecture", architecture, "--epochs", "\(epochs)", "--output", "run.safetensors",
    ] + more
  }

  /// A new empty working folder.
  func workingFolder(_ name: String) throws -> String {
    let path = folder.path(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }

  /// The names in `path`.
  func names(_ path: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path).sorted()
  }

  /// The bytes of `run.safetensors` in the working folder `path`.
  func checkpoint(_ path: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: path + "/run.safetensors"))
  }
}
