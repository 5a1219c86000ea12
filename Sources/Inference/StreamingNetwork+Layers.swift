// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels

/// What one step of a plan takes.
package struct LayerTime: Sendable {
  /// The layer's name, once per operator that it has.
  package var layer: String
  package var seconds: Double
}

extension StreamingNetwork {
  /// Measures the layers one by one on the first block of a stream: each is computed again and
  /// again, its inputs in the caches, before the next one.
  ///
  /// For benchmarks only: the state is as after `reset`.
  ///
  /// - Parameters:
  ///   - frames: One block of raw features.
  ///   - repetitionCount: Times that a step is computed.
  ///   - now: Seconds on a clock.
  package mutating func layerTimes(
    _ frames: Span<Float>, repetitionCount: Int, now: () -> Double
  ) -> [LayerTime] {
    reset()
    let plan = self.plan
    let count = min(frames.count / plan.coefficientCount, plan.blockFrameCount)
    var times: [LayerTime] = []
    unsafe frames.withUnsafeBufferPointer { source in
      guard let source = source.baseAddress else { return }
      unsafe state.begin(plan, source, count)
      for index in 0..<plan.table.steps.count {
        let start = now()
        for _ in 0..<repetitionCount { state.execute(plan, index, .newest) }
        times.append(
          LayerTime(
            layer: plan.program.steps[index].name,
            seconds: (now() - start) / Double(repetitionCount)))
      }
    }
    reset()
    return times
  }
}
