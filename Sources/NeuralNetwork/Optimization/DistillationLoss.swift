// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
import Glibc

/// Knowledge distillation (Hinton et al., arXiv 1503.02531): beside the labels, the softened answers of
/// a teacher are learnt.
///
/// With weight w and temperature T the loss of a clip is (1 - w) * L + w * T^2 * KL(q || p), where L is the
/// loss by its label, and p and q are the softmax of the logits of student and teacher over T.
package struct DistillationLoss: Equatable, Sendable {
  /// In 0...1.
  package var weight: Float

  /// Above 0; T^2 keeps the gradient's size.
  package var temperature: Float

  package init(weight: Float, temperature: Float) {
    self.weight = weight
    self.temperature = temperature
  }

  /// The loss with the teacher; makes of the gradient by the labels that of both.
  ///
  /// - Parameters:
  ///   - labelLoss: mean of L over the batch.
  ///   - logits, teacherLogits: `[clip, label]`.
  ///   - gradient: `[clip, label]`, of `labelLoss` with respect to the logits.
  package func combine(
    labelLoss: Double, logits: SharedBuffer<Float>, teacherLogits: SharedBuffer<Float>,
    clipCount: Int, labelCount: Int, gradient: SharedBuffer<Float>
  ) -> Double {
    let factor = weight * temperature / Float(clipCount)
    var divergence = 0.0
    var target = gradient.mutableSpan
    for clip in 0..<clipCount {
      func logPosteriors(_ logits: SharedBuffer<Float>) -> [Double] {
        Softmax.logPosteriors(
          logits, clip: clip, labelCount: labelCount, temperature: temperature)
      }
      let (own, taught) = (logPosteriors(logits), logPosteriors(teacherLogits))
      for label in 0..<labelCount {
        let (p, q) = (exp(own[label]), exp(taught[label]))
        divergence += q * (taught[label] - own[label])
        let index = clip * labelCount + label
        target[index] = (1 - weight) * target[index] + factor * Float(p - q)
      }
    }
    let scale = Double(weight * temperature * temperature) / Double(clipCount)
    return Double(1 - weight) * labelLoss + scale * divergence
  }
}
