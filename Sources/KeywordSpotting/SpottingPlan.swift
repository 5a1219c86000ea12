// SPDX-License-Identifier: GPL-3.0-or-later

package import Inference
package import ModelFormat
package import SpeechFeatures

/// Everything immutable that turns samples into detections; shared by any number of streams.
package final class SpottingPlan: Sendable {
  /// Samples per second of every stream, in Hz.
  package static let sampleRate = 16_000

  /// Samples from one frame to the next, 1 ms to 1 s: a shorter hop asks for a thousand times the
  /// work of speech, a longer one misses it.
  package static let hopLengths = 16...16_000

  package let features: FeaturePlan
  package let inference: InferencePlan

  /// Name of the network's kernels.
  package var instructionSet: String { inference.instructionSet }
  package let decision: DecisionPlan

  /// Samples from one column of posteriors to the next.
  package let columnLength: Int

  /// Samples of the network's window: its frames from the first sample to the last.
  package let windowLength: Int

  /// Columns after which posteriors no longer depend on the samples before: the sum of what the
  /// layers look back on, and one that the frames of the first may share with older samples.
  package let memoryColumnCount: Int

  /// Plans the whole line of a model.
  ///
  /// - Parameters:
  ///   - detection: Other detection parameters than the model's own.
  ///   - nearMissRatio: Part of a threshold from which on a score that does not fire is a near
  ///     miss, see `KeywordDecider`; nil for none.
  ///   - instructionSet: Kernels of the network, nil for the best; all give the same bits.
  /// - Throws: `SpottingError`.
  package init(
    model: QuantizedModel, detection: DetectionParameters? = nil, nearMissRatio: Float? = nil,
    instructionSet: String? = nil
  ) throws(SpottingError) {
    let configuration = model.features
    guard configuration.coefficientCount == model.architecture.coefficientCount else {
      throw .coefficientCount(
        expected: model.architecture.coefficientCount, found: configuration.coefficientCount)
    }
    do {
      features = try FeaturePlan(configuration)
    } catch {
      throw .features(error)
    }
    guard configuration.sampleRate == Self.sampleRate else {
      throw .sampleRate(expected: Self.sampleRate, found: configuration.sampleRate)
    }
    guard Self.hopLengths.contains(configuration.hopLength) else {
      throw .hopLength(expected: Self.hopLengths, found: configuration.hopLength)
    }
    do {
      inference = try InferencePlan(model: model, instructionSet: instructionSet)
    } catch {
      throw .inference(error)
    }
    columnLength = inference.framesPerColumn * configuration.hopLength
    windowLength =
      (inference.windowFrameCount - 1) * configuration.hopLength + configuration.windowLength
    decision = try DecisionPlan(
      detection ?? model.detection, labels: model.labels, sampleRate: configuration.sampleRate,
      columnLength: columnLength,
      warmUpColumnCount: inference.windowFrameCount / inference.framesPerColumn,
      nearMissRatio: nearMissRatio)
    memoryColumnCount = Self.memoryFrameCount(model.architecture) / inference.framesPerColumn + 2
  }

  /// Frames that the network looks back on, along the path that looks back furthest.
  private static func memoryFrameCount(_ architecture: Architecture) -> Int {
    // What the inference plan was made from is valid.
    guard let geometry = try? architecture.geometry() else { return 0 }
    var memory: [Int] = []
    for layer in geometry {
      let stride = layer.inputIndex.map { geometry[$0].timeStride } ?? 1
      let before = layer.inputIndex.map { memory[$0] } ?? 0
      let added = layer.addendIndices + (layer.residualIndex.map { [$0] } ?? [])
      memory.append(
        added.reduce(before + (layer.historyCount + 1) * stride) { max($0, memory[$1]) })
    }
    return memory[memory.count - 1]
  }

  /// Frames that go from the features to the network at once.
  static let blockFrameCount = InferencePlan.defaultBlockFrameCount

  /// Most columns that one such block completes.
  package var blockColumnCount: Int {
    inference.largestColumnCount(frameCount: Self.blockFrameCount)
  }

  /// One label per posterior.
  package var labels: [String] { inference.labels }

  /// The last sample that column `index` knows: the end of the newest frame.
  package func lastSample(ofColumn index: Int) -> Int {
    let frame = (index + 1) * inference.framesPerColumn - 1
    return frame * features.configuration.hopLength + features.configuration.windowLength - 1
  }
}
