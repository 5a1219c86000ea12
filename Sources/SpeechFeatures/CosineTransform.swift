// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import Glibc

/// Orthonormal DCT-II, cut after the first coefficients: log-mel bins to cepstral coefficients.
///
/// c[j] = s(j) * sum over i of x[i] * cos(pi * j * (2 * i + 1) / (2 * n)), with s(0) = sqrt(1 / n)
/// and s(j) = sqrt(2 / n). The extractor runs the same code, so ready log-mels give the very bits
/// that the extractor gives for the same log-mels.
@safe package struct CosineTransform: @unchecked Sendable {
  /// Values per input frame.
  package let inputCount: Int

  /// Coefficients per output frame, c0 first.
  package let outputCount: Int

  private let kernels: FeatureKernels
  private let stride: Int
  // [input, output], rows padded with zeros.
  private let table: SharedBuffer<Float>

  /// A transform with the best kernels of this processor.
  ///
  /// - Precondition: `1 <= outputCount <= inputCount`.
  package init(inputCount: Int, outputCount: Int) {
    self.init(
      inputCount: inputCount, outputCount: outputCount, kernels: FeatureKernels.available[0])
  }

  init(inputCount: Int, outputCount: Int, kernels: FeatureKernels) {
    precondition(1 <= outputCount && outputCount <= inputCount, "more outputs than inputs")
    self.inputCount = inputCount
    self.outputCount = outputCount
    self.kernels = kernels
    stride = FeatureKernels.padded(outputCount)
    table = SharedBuffer(zeroed: inputCount * stride)
    var values = table.mutableSpan
    let n = Double(inputCount)
    for input in 0..<inputCount {
      for output in 0..<outputCount {
        let angle = Double.pi * Double(output * (2 * input + 1)) / (2 * n)
        values[input * stride + output] = Float(
          ((output == 0 ? 1 : 2) / n).squareRoot() * cos(angle))
      }
    }
  }

  /// Transforms every frame; allocates nothing.
  ///
  /// - Parameters:
  ///   - logMel: `[frame, inputCount]`.
  ///   - coefficients: Receives `[frame, outputCount]`.
  /// - Precondition: Whole frames; room for as many.
  package func apply(_ logMel: Span<Float>, into coefficients: inout MutableSpan<Float>) {
    precondition(logMel.count % inputCount == 0, "frames are not whole")
    let frameCount = logMel.count / inputCount
    precondition(coefficients.count >= frameCount * outputCount, "no room for the coefficients")
    unsafe logMel.withUnsafeBufferPointer { source in
      unsafe coefficients.withUnsafeMutableBufferPointer { target in
        guard let source = source.baseAddress, let target = target.baseAddress else { return }
        for frame in 0..<frameCount {
          unsafe apply(source + frame * inputCount, target + frame * outputCount)
        }
      }
    }
  }

  /// One frame, for callers that hold addresses.
  @unsafe func apply(_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) {
    unsafe kernels.functions.pointee.cosine(
      inputCount, outputCount, stride, table.unsafeBase, source, target)
  }
}
