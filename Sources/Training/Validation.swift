// SPDX-License-Identifier: GPL-3.0-or-later

package import NeuralNetwork
package import SpeechDatasets

/// Decides the validation clips with the float network, from reset and in-stream.
package struct Validation {
  private let data: TrainingData
  private let batchSize: Int

  package init(data: TrainingData, batchSize: Int) {
    self.data = data
    self.batchSize = batchSize
  }

  /// The batch that the first one follows in-stream: the last full one, as it fills every slot.
  package var leadingBatch: Int { max(data.fullValidationBatchCount - 1, 0) }

  /// Runs every validation clip twice.
  ///
  /// In-stream means that each clip follows the one that its slot of the batch held before; the
  /// first batch follows `leadingBatch`.
  /// - Throws: `TrainingError.data` for a clip that cannot be read.
  package func run(
    _ network: Network, normalizer: FeatureNormalizer
  ) throws(TrainingError) -> ValidationReport {
    let history = StreamHistory(network: network, clipCount: batchSize)
    let batchCount = data.validationBatchCount
    func pass(_ index: Int, inStream: Bool) throws(TrainingError) -> (correct: Int, clips: Int) {
      let batch: Batch
      do throws(DatasetError) {
        batch = try data.validationBatch(index)
      } catch { throw .data(error) }
      normalizer.normalize(batch)
      let logits = network.forward(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
        continues: Array(repeating: inStream, count: batch.clipCount),
        history: inStream ? history : nil, mode: .inference)
      let result = CrossEntropy().evaluate(
        logits: logits, labels: batch.labels, labelCount: network.labelCount)
      return (result.correctCount, batch.clipCount)
    }
    var report = ValidationReport(clipCount: 0, correctFromReset: 0, correctInStream: 0)
    _ = try pass(leadingBatch, inStream: true)
    for index in 0..<batchCount {
      let (correct, clips) = try pass(index, inStream: false)
      report.correctFromReset += correct
      report.clipCount += clips
      report.correctInStream += try pass(index, inStream: true).correct
    }
    return report
  }
}
