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

  /// How many validation clips are decided right; see `decisions`.
  package func run(
    _ network: Network, normalizer: FeatureNormalizer
  ) throws(TrainingError) -> ValidationReport {
    try decisions(network, normalizer: normalizer).report
  }

  /// Runs every validation clip twice.
  ///
  /// In-stream means that each clip follows the one that its slot of the batch held before; the
  /// first batch follows `leadingBatch`.
  /// - Throws: `TrainingError.data` for a clip that cannot be read.
  package func decisions(
    _ network: Network, normalizer: FeatureNormalizer
  ) throws(TrainingError) -> ValidationDecisions {
    let history = StreamHistory(network: network, clipCount: batchSize)
    let batchCount = data.validationBatchCount
    let leadingBatch = leadingBatch
    // The batch that comes before the first is heard once more than the others.
    let batches = BatchSequence(
      count: batchCount + 1, makesAhead: network.threadCount > 1, normalizer: normalizer
    ) { [data] (turn) throws(DatasetError) in
      try data.validationBatch(turn == 0 ? leadingBatch : turn - 1)
    }
    func decide(_ batch: Batch, inStream: Bool) -> [Decision] {
      let logits = network.forward(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
        continues: Array(repeating: inStream, count: batch.clipCount),
        history: inStream ? history : nil, mode: .inference)
      return (0..<batch.clipCount).map { clip in
        Decision(
          posteriors: Softmax.posteriors(logits, clip: clip, labelCount: network.labelCount))
      }
    }
    var decisions = ValidationDecisions()
    var turn = 0
    while let batch = try batches.next() {
      let inStream = decide(batch, inStream: true)
      if turn > 0 {
        decisions.labels += batch.labels
        decisions.fromReset += decide(batch, inStream: false)
        decisions.inStream += inStream
      }
      turn += 1
    }
    return decisions
  }
}
