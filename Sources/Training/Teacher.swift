// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
package import ModelFormat
import NeuralNetwork
package import SpeechDatasets

/// A trained network whose answers another one learns.
///
/// It hears every clip as its student does: varied in the same way, and after the same clip.
package final class Teacher {
  /// How it teaches, for the record in a checkpoint.
  package let distillation: Distillation

  private let network: Network
  private let history: StreamHistory

  /// - Parameters:
  ///   - checkpoint: of a training on the same task; it must have the data's labels, features and
  ///     normalization.
  ///   - digest: SHA-256 of its file.
  /// - Throws: `TrainingError.teacher` where it is of another task, `.network`.
  package init(
    _ checkpoint: Checkpoint, digest: String, weight: Float, data: TrainingData
  ) throws(TrainingError) {
    func same(_ field: String, _ expected: String, _ found: String) throws(TrainingError) {
      guard expected == found else {
        throw .teacher(field: field, expected: expected, found: found)
      }
    }
    try same(
      "labels", data.labels.joined(separator: " "), checkpoint.labels.joined(separator: " "))
    let features = FieldDifferences(data.features, checkpoint.features)
    try same("features", features.expected, features.found)
    guard data.normalization == checkpoint.normalization else {
      throw .teacher(
        field: "normalization of the features", expected: "that of these data",
        found: "that of other data")
    }
    do throws(NeuralNetworkError) {
      network = try Network.of(checkpoint)
    } catch { throw .network(error) }
    history = StreamHistory(network: network, clipCount: data.batchSize)
    distillation = Distillation(teacherDigest: digest, weight: weight)
  }

  /// Its logits `[clip, label]` of a normalized batch.
  func logits(_ batch: Batch, threadCount: Int) -> SharedBuffer<Float> {
    network.threadCount = threadCount
    return network.forward(
      batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
      continues: batch.continues, history: history, mode: .inference)
  }

  /// What it needs to go on from here bit for bit, by names that no student's tensor has.
  func exportTensors() -> [String: FloatTensor] {
    Dictionary(
      uniqueKeysWithValues: history.exportTensors().map { (Self.prefix + $0.key, $0.value) })
  }

  /// Takes over exported tensors.
  func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    try history.load(
      Dictionary(
        uniqueKeysWithValues: tensors.compactMap { name, tensor in
          name.hasPrefix(Self.prefix)
            ? (String(name.dropFirst(Self.prefix.count)), tensor) : nil
        }))
  }

  private static let prefix = "teacher."
}

/// How a network learns from a teacher.
package struct Distillation: Codable, Equatable, Sendable {
  /// SHA-256 of the teacher's checkpoint.
  package var teacherDigest: String

  /// Part of the loss that is the teacher's; the labels have the rest.
  package var weight: Float

  /// Softens the answers of both; see `DistillationLoss`.
  package var temperature: Float = 2

  /// The loss.
  var loss: DistillationLoss { DistillationLoss(weight: weight, temperature: temperature) }
}
