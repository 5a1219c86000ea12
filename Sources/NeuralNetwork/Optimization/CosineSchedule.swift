// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// A learning rate that rises linearly to its peak, then falls along half a cosine to zero.
package struct CosineSchedule: Codable, Equatable, Sendable {
  package var peakRate: Float
  package var warmUpStepCount: Int
  package var stepCount: Int

  package init(peakRate: Float, warmUpStepCount: Int, stepCount: Int) {
    self.peakRate = peakRate
    self.warmUpStepCount = warmUpStepCount
    self.stepCount = stepCount
  }

  /// The rate of a step, counted from 0.
  package func rate(step: Int) -> Float {
    if step < warmUpStepCount {
      return peakRate * Float(step + 1) / Float(warmUpStepCount)
    }
    let length = max(stepCount - warmUpStepCount, 1)
    let progress = min(Double(step - warmUpStepCount) / Double(length), 1)
    return peakRate * Float(0.5 * (1 + cos(Double.pi * progress)))
  }
}
