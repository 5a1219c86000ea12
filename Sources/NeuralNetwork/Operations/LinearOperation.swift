// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// The linear part of a layer on a few clips. Different clips may be worked on by different threads.
protocol LinearOperation: AnyObject {
  /// The weights, where there are any.
  var weight: Parameter? { get }

  /// The levels of the weights, where integers are simulated.
  var grid: WeightGrid? { get }

  /// Readies the weights for one step: rounds them where integers are simulated, and packs them for
  /// the kernels.
  func prepare(forTraining: Bool)

  /// output = operation(input); reads the input's history columns.
  func forward(input: ClipSpan, output: ClipSpan)

  /// The gradients of the weights and of the input. History columns get none.
  ///
  /// - Parameters:
  ///   - gradient: that of the output; the columns behind each clip are zero, as many as the layer
  ///     looks back. It may be overwritten.
  ///   - inputGradient: set, or added to if `accumulate`; nil where nobody asks.
  ///   - weightGradient: set, or added to if `addsWeights`; nil where nobody asks.
  func backward(
    input: ClipSpan, gradient: ClipSpan, inputGradient: ClipSpan?, accumulate: Bool,
    weightGradient: UnsafeMutablePointer<Float>?, addsWeights: Bool)
}
