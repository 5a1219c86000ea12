// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers

/// The linear part of a layer on a batch. It works on a few clips at once; different clips may be
/// worked on by different threads.
protocol LinearOperation: AnyObject {
  /// The weights, where there are any.
  var weight: Parameter? { get }

  /// Readies the weights for one step: packs them for the kernels. Weights reach the kernels only
  /// through here, so this is where a fake quantization of weights belongs.
  func prepare(forTraining: Bool)

  /// output = operation(input); reads the input's history columns.
  func forward(_ clips: Range<Int>, input: Tensor, output: Tensor)

  /// Adds the weights' gradient to `partials[offset...]`, and sets (or adds to, if `accumulate`) the
  /// input's gradient where it is asked for. History columns get no gradient.
  ///
  /// The columns after the last of each clip of `gradient` are zero, as many as the layer looks
  /// back.
  func backward(
    _ clips: Range<Int>, input: Tensor, gradient: Tensor, inputGradient: Tensor?,
    accumulate: Bool, partials: SharedBuffer<Float>, offset: Int)
}
