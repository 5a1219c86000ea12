// SPDX-License-Identifier: GPL-3.0-or-later

package import ModelFormat

/// Post-training rounding as the paper has it (Peter, Roth, Pernkopf, arXiv 2012.10138, and its
/// code), to be compared with.
///
/// One asymmetric grid per tensor, of `2^n` steps from the smallest to the largest weight, whose
/// highest level is left out: `min + step * clip(round((w - min) / step), 0, 2^n - 1)` with
/// `step = (max - min) / 2^n`. Only convolutions are rounded; the classifier, normalization and
/// activations stay as they are. There the network then rounds once more to the 8-bit grid of its
/// training; ours has none.
package enum PaperRounding {
  /// The tensors of a checkpoint with rounded weights of convolutions.
  package static func tensors(
    _ checkpoint: Checkpoint, geometry: [LayerGeometry], bitCount: Int
  ) -> [String: FloatTensor] {
    var tensors = checkpoint.tensors
    for layer in geometry where layer.hasWeights {
      if case .dense = layer.layer.operation { continue }
      let name = "\(layer.layer.name).weight"
      tensors[name]!.values = rounded(tensors[name]!.values, bitCount: bitCount)
    }
    return tensors
  }

  /// - Precondition: finite weights.
  package static func rounded(_ weights: [Float], bitCount: Int) -> [Float] {
    guard let low = weights.min(), let high = weights.max(), high > low else { return weights }
    let levelCount = Float(1 << bitCount)
    let step = (high - low) / levelCount
    return weights.map { weight in
      let level = ((weight - low) / step).rounded(.toNearestOrEven)
      return low + step * min(max(level, 0), levelCount - 1)
    }
  }
}
