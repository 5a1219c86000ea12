// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import ModelFormat
import Threads

/// One stream of a network that can be run over one window's frames again and again.
final class ClipRunner {
  let frameCount: Int
  private(set) var posteriors: [Float]
  private var network: StreamingNetwork
  private let frames: [Float]
  private let coefficientCount: Int

  init(plan: InferencePlan) {
    frameCount = plan.windowFrameCount
    coefficientCount = plan.coefficientCount
    network = StreamingNetwork(plan: plan)
    frames = benchmarkSamples(count: frameCount * coefficientCount).map { 10 * $0 }
    posteriors = [Float](
      repeating: 0,
      count: plan.largestColumnCount(frameCount: frameCount) * plan.labels.count)
  }

  /// A clip by itself: from reset, all frames in one call, one answer.
  func runClip() {
    let frames = self.frames
    var room = posteriors.mutableSpan
    network.reset()
    _ = network.process(frames.span, into: &room, answers: .newest)
  }

  /// The frames of a window one by one; the stream goes on from call to call.
  func runFrames() {
    let frames = self.frames
    var room = posteriors.mutableSpan
    for start in stride(from: 0, to: frames.count, by: coefficientCount) {
      _ = network.process(
        frames.span.extracting(start..<start + coefficientCount), into: &room)
    }
  }

  /// The layers of a clip, each the best of several rounds.
  func layerTimes() -> [LayerTime] {
    let frames = self.frames
    var best: [LayerTime] = []
    for _ in 0..<20 {
      let times = network.layerTimes(
        frames.span, repetitionCount: 100, now: monotonicSeconds)
      if best.isEmpty { best = times }
      for (index, time) in times.enumerated() {
        best[index].seconds = min(best[index].seconds, time.seconds)
      }
    }
    return best
  }

  /// Multiply-accumulates per second of the instruction that the kernels are made of, the best of
  /// several rounds.
  func peak() -> Double {
    let count = 100_000
    var best = 0.0
    for _ in 0..<20 {
      let start = monotonicSeconds()
      let done = network.plan.multiplyAccumulateInRegisters(count)
      best = max(best, Double(done) / (monotonicSeconds() - start))
    }
    return best
  }

  /// The clip as the engine quantizes it, `[frame, coefficient]`.
  func integers(_ model: QuantizedModel) -> [UInt8] {
    frames.enumerated().map { index, value in
      let coefficient = index % coefficientCount
      let normalized =
        (value - model.normalization.mean[coefficient]) * model.normalization.scale[coefficient]
      let steps = (normalized / model.input.scale).rounded(.toNearestOrEven)
      return UInt8(min(max(steps + Float(model.input.zeroPoint), 0), 255))
    }
  }
}
