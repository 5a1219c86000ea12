// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc

/// The orthonormal DCT-II of a frame, its first coefficients.
package struct CosineTransform: Sendable {
  private let matrix: [Float]
  private let inputCount: Int
  private let outputCount: Int

  package init(inputCount: Int, outputCount: Int) {
    self.inputCount = inputCount
    self.outputCount = outputCount
    var matrix: [Float] = []
    for row in 0..<outputCount {
      let scale = ((row == 0 ? 1.0 : 2.0) / Double(inputCount)).squareRoot()
      for column in 0..<inputCount {
        let angle = Double.pi * Double(row) * (Double(column) + 0.5) / Double(inputCount)
        matrix.append(Float(scale * cos(angle)))
      }
    }
    self.matrix = matrix
  }

  package func apply(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
    for row in 0..<outputCount {
      var sum: Float = 0
      for column in 0..<inputCount { sum += matrix[row * inputCount + column] * input[column] }
      output[row] = sum
    }
  }
}
