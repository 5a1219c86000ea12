// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import Inference
import ModelFormat
import SpeechDatasets
import Training

/// Decides the validation clips with the integer engine, from reset and in-stream, on the same
/// features that the float network gets.
struct IntegerValidation {
  private let data: TrainingData
  private let plan: InferencePlan

  init(data: TrainingData, model: QuantizedModel) throws {
    self.data = data
    // A clip is one block.
    plan = try InferencePlan(
      model: model, blockFrameCount: model.architecture.windowFrameCount)
  }

  /// In-stream means that all clips are one stream; the last batch is heard before the first.
  func run() throws -> ValidationDecisions {
    var decisions = ValidationDecisions()
    var fromReset = StreamingNetwork(plan: plan)
    var inStream = StreamingNetwork(plan: plan)
    let batchCount = data.validationBatchCount
    for (turn, index) in ([batchCount - 1] + Array(0..<batchCount)).enumerated() {
      let batch = try data.validationBatch(index)
      let isWarmUp = turn == 0
      for clip in 0..<batch.clipCount {
        let following = decide(batch, clip, &inStream)
        guard !isWarmUp else { continue }
        fromReset.reset()
        decisions.labels.append(batch.labels[clip])
        decisions.fromReset.append(decide(batch, clip, &fromReset))
        decisions.inStream.append(following)
      }
    }
    return decisions
  }

  /// By the posteriors after the clip's last column. Frames that complete no column are left out, so
  /// that the next clip starts in step with the network's stride.
  private func decide(_ batch: Batch, _ clip: Int, _ network: inout StreamingNetwork) -> Decision {
    let frameCount = batch.frameCount / plan.framesPerColumn * plan.framesPerColumn
    let start = clip * batch.frameCount * plan.coefficientCount
    let features = batch.features
    let frames = features.span.extracting(start..<start + frameCount * plan.coefficientCount)
    var posteriors = [Float](repeating: 0, count: plan.labels.count)
    var room = posteriors.mutableSpan
    _ = network.process(frames, into: &room, answers: .newest)
    return Decision(posteriors: posteriors)
  }
}
