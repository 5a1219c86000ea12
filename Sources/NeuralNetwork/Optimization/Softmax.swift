// SPDX-License-Identifier: GPL-3.0-or-later

package import Buffers
import Glibc

/// Logits as probabilities.
package enum Softmax {
  /// The posteriors of one clip of logits `[clip, label]`; each in 0...1, with sum 1.
  package static func posteriors(
    _ logits: SharedBuffer<Float>, clip: Int, labelCount: Int
  ) -> [Float] {
    let values = logits.span
    let own = (0..<labelCount).map { values[clip * labelCount + $0] }
    let largest = own.max() ?? 0
    let powers = own.map { expf($0 - largest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
  }

  /// The logarithms of the posteriors of one clip of logits `[clip, label]` over `temperature`, in double
  /// precision.
  static func logPosteriors(
    _ logits: SharedBuffer<Float>, clip: Int, labelCount: Int, temperature: Float
  ) -> [Double] {
    let values = logits.span
    let own = (0..<labelCount).map {
      Double(values[clip * labelCount + $0]) / Double(temperature)
    }
    let largest = own.max() ?? 0
    let logSum = largest + log(own.reduce(0) { $0 + exp($1 - largest) })
    return own.map { $0 - logSum }
  }
}
