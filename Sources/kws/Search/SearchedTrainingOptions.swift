// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import SpeechDatasets
import Training

/// How the network that a search found is trained.
struct SearchedTrainingOptions: ParsableArguments {
  @Option(help: "Epochs of training what was found; 0 to leave that out.")
  var trainEpochs = 80

  @Option(
    name: .customLong("train-from"), parsing: .upToNextOption,
    help: "Where training starts: inherited, scratch, or both.")
  var starts = TrainingStart.allCases

  @Option(help: "Peak learning rate of that training; 0.2 for paper, 0.1 for stream.")
  var trainRate: Float?

  @Option(help: "L2 decay of its weights; 4e-5 for paper, 1e-3 for stream.")
  var trainDecay: Float?

  @Option(help: "How far clips are varied in it.")
  var trainAugmentation = AugmentationStrength.standard

  func validate() throws {
    guard trainEpochs >= 0 else {
      throw ValidationError("--train-epochs \(trainEpochs): expected 0 or more")
    }
  }

  func configuration(_ search: SearchOptions) throws -> TrainingConfiguration {
    let isPaper = search.space == .paper
    let configuration = TrainingConfiguration(
      epochCount: trainEpochs, batchSize: search.batch,
      learningRate: trainRate ?? (isPaper ? 0.2 : 0.1),
      warmUpEpochCount: min(2, Float(trainEpochs) / 2),
      weightDecay: trainDecay ?? (isPaper ? 4e-5 : 1e-3), seed: search.seed)
    try configuration.validate()
    return configuration
  }
}
