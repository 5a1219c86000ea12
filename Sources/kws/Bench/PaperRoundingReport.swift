// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import NeuralNetwork
import Quantization
import Training

/// What the paper's rounding after training leaves of a network's accuracy.
struct PaperRoundingReport {
  let checkpoint: Checkpoint
  let data: QuantizationData
  let geometry: [LayerGeometry]

  /// - Throws: `BitWidthError` for bits that no weight has.
  func print(_ bitCounts: [Int]) throws {
    for bitCount in bitCounts {
      guard WeightLevels.bitCounts.contains(bitCount) else {
        throw BitWidthError.weightBits(found: bitCount)
      }
      let network = try Network(
        architecture: checkpoint.architecture,
        tensors: PaperRounding.tensors(checkpoint, geometry: geometry, bitCount: bitCount))
      let report = try data.decisions(network).report
      for (kind, correct) in [
        ("from reset", report.correctFromReset), ("in-stream", report.correctInStream),
      ] {
        try StandardOutput.write(
          line: "validation, paper's rounding to \(bitCount) bits, \(kind): "
            + AccuracyText.line(correct: correct, total: report.clipCount))
      }
    }
  }
}
