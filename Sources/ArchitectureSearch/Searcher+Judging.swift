// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import ModelFormat
package import NeuralNetwork
import SpeechDatasets
package import Training

extension Searcher {
  /// Batches that statistics are taken from: the first ones are then forgotten, at 0.9 to the 30th.
  private static let statisticsBatchCount = 30

  /// The network of a path with the supernet's weights and statistics of its own, taken from training
  /// clips: those of single steps mean nothing, as each had another path.
  package func judgedNetwork(_ choices: [Int]) throws(SearchError) -> Network {
    let network = try supernet.network(choices)
    let count = min(Self.statisticsBatchCount, weightData.batchCount)
    for index in 0..<count {
      let batch: Batch
      do throws(DatasetError) {
        batch = try weightData.batch(epoch: 0, index: index)
      } catch { throw .data(error) }
      normalizer.normalize(batch)
      network.forward(
        batch.features, clipCount: batch.clipCount, frameCount: batch.frameCount,
        continues: Array(repeating: false, count: batch.clipCount), history: nil,
        mode: .statistics)
    }
    return network
  }

  /// Decides the validation clips.
  package func validate(_ network: Network) throws(SearchError) -> ValidationReport {
    do throws(TrainingError) {
      return try Validation(data: data, batchSize: configuration.batchSize)
        .run(network, normalizer: normalizer)
    } catch { throw .training(error) }
  }
}
