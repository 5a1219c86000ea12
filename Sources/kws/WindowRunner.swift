// SPDX-License-Identifier: GPL-3.0-or-later

import Inference

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
    let columns = network.process(features.span, into: &room)
    return posteriors[(columns - 1) * labelCount..<columns * labelCount]
  }

  /// Feeds the window's frames one by one; the stream goes on from call to call.
  func runHops() {
    let features = self.features
    var room = posteriors.mutableSpan
    for start in stride(from: 0, to: features.count, by: coefficientCount) {
      _ = network.process(features.span.extracting(start..<start + coefficientCount), into: &room)
    }
  }
}
