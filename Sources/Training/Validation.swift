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
    let leadingBatch = leadingBatch
    // The batch that comes before the first is heard once more than the others.
    let batches = BatchSequence(
      count: batchCount + 1, makesAhead: network.threadCount > 1, normalizer: normalizer
    ) { [data] (turn) throws(DatasetError) in
      try data.validationBatch(turn == 0 ? leadingBatch : turn - 1)
    }
    func correctCount(_ batch: Batch, inStream: Bool) -> Int {
      let logits = network.forward(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
        continues: Array(repeating: inStream, count: batch.clipCount),
        history: inStream ? history : nil, mode: .inference)
      return CrossEntropy().evaluate(
        logits: logits, labels: batch.labels, labelCount: network.labelCount
      ).correctCount
    }
    var report = ValidationReport(clipCount: 0, correctFromReset: 0, correctInStream: 0)
    var turn = 0
    while let batch = try batches.next() {
      let inStream = correctCount(batch, inStream: true)
      if turn > 0 {
        report.correctFromReset += correctCount(batch, inStream: false)
        report.correctInStream += inStream
        report.clipCount += batch.clipCount
      }
      turn += 1
    }
    return report
  }
}
