// SPDX-License-Identifier: GPL-3.0-or-later

import Inference
import Threads

/// One stream of a network that is run over one window's frames again and again.
final class WindowRunner {
  let frameCount: Int
  private var network: StreamingNetwork
  private let features: [Float]
  private let coefficientCount: Int
  private let labelCount: Int
  private var posteriors: [Float]

  /// - Parameter features: A window `[frame, coefficient]`.
  init(plan: InferencePlan, features: [Float]) {
    frameCount = plan.windowFrameCount
    coefficientCount = plan.coefficientCount
    labelCount = plan.labels.count
    network = StreamingNetwork(plan: plan)
    self.features = features
    posteriors = [Float](
      repeating: 0,
      count: plan.largestColumnCount(frameCount: plan.windowFrameCount) * plan.labels.count)
  }

  /// Computes the window at once, from reset; returns the posteriors at its end.
  @discardableResult func runWindow() -> ArraySlice<Float> {
    network.reset()
    let features = self.features
    var room = posteriors.mutableSpan
    _ = network.process(features.span, into: &room, answers: .newest)
    return posteriors[..<labelCount]
  }

  /// Feeds the window's frames one by one; the stream goes on from call to call.
  func runHops() {
    let features = self.features
    var room = posteriors.mutableSpan
    for start in stride(from: 0, to: features.count, by: coefficientCount) {
      _ = network.process(features.span.extracting(start..<start + coefficientCount), into: &room)
    }
  }

  /// The layers of a clip, each the best of several rounds.
  func layerTimes() -> [LayerTime] {
    let features = self.features
    var best: [LayerTime] = []
    for _ in 0..<20 {
      let times = network.layerTimes(
        features.span, repetitionCount: 100, now: monotonicSeconds)
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

}
