// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
import Glibc

/// Softmax cross-entropy with label smoothing, averaged over the batch.
///
/// With smoothing e and K labels the target is 1 - e + e / K for the true label and e / K for the
/// others (PyTorch's definition).
package struct CrossEntropy: Sendable {
  /// Share of the target that is spread over all labels, in [0, 1).
  package var labelSmoothing: Float

  package init(labelSmoothing: Float = 0) { self.labelSmoothing = labelSmoothing }

  package struct Result: Equatable, Sendable {
    /// Mean over the batch, in nats.
    package var loss: Double
    /// Clips whose largest logit is the true label's.
    package var correctCount: Int
  }

  /// The loss of a batch; writes the gradient of the mean with respect to the logits.
  ///
  /// - Parameters:
  ///   - logits: `[clip, label]`.
  ///   - labels: the true label of each clip.
  ///   - gradient: `[clip, label]`, written; nil where it is not wanted.
  package func evaluate(
    logits: SharedBuffer<Float>, labels: [Int], labelCount: Int,
    gradient: SharedBuffer<Float>? = nil
  ) -> Result {
    let values = logits.span
    let spread = labelSmoothing / Float(labelCount)
    let factor = 1 / Float(labels.count)
    var loss = 0.0
    var correctCount = 0
    for (clip, label) in labels.enumerated() {
      let base = clip * labelCount
      var best = 0
      for index in 1..<labelCount where values[base + index] > values[base + best] {
        best = index
      }
      if best == label { correctCount += 1 }
      let maximum = values[base + best]
      var total = 0.0
      for index in 0..<labelCount { total += exp(Double(values[base + index] - maximum)) }
      let logTotal = log(total)
      for index in 0..<labelCount {
        let logProbability = Double(values[base + index] - maximum) - logTotal
        let target = Double(spread + (index == label ? 1 - labelSmoothing : 0))
        loss -= target * logProbability
        guard let gradient else { continue }
        var targetSpan = gradient.mutableSpan
        targetSpan[base + index] = factor * Float(exp(logProbability) - target)
      }
    }
    return Result(loss: loss / Double(labels.count), correctCount: correctCount)
  }
}
