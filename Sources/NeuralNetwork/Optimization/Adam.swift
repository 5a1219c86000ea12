// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
import Glibc
package import ModelFormat

/// Adam with decoupled weight decay where a parameter decays (AdamW in PyTorch).
///
/// References: Kingma and Ba, "Adam", 2015; Loshchilov and Hutter, "Decoupled weight decay
/// regularization", 2019.
package final class Adam {
  private let parameters: [Parameter]
  private let first: [SharedBuffer<Float>]
  private let second: [SharedBuffer<Float>]
  private var stepCount = 0

  /// Up to here every number of steps is exact in single precision.
  private static let stepLimit = 1 << 24
  package let firstDecay: Float
  package let secondDecay: Float
  package let epsilon: Float
  package let weightDecay: Float

  package init(
    parameters: [Parameter], firstDecay: Float = 0.9, secondDecay: Float = 0.999,
    epsilon: Float = 1e-8, weightDecay: Float = 0
  ) {
    self.parameters = parameters
    self.firstDecay = firstDecay
    self.secondDecay = secondDecay
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    first = parameters.map { SharedBuffer(zeroed: $0.count) }
    second = parameters.map { SharedBuffer(zeroed: $0.count) }
  }

  /// One step along the parameters' gradients.
  package func step(rate: Float) {
    stepCount += 1
    let firstCorrection = 1 - pow(Double(firstDecay), Double(stepCount))
    let secondCorrection = 1 - pow(Double(secondDecay), Double(stepCount))
    for (index, parameter) in parameters.enumerated() {
      var options = kws_adam(
        rate: rate, first_decay: firstDecay, second_decay: secondDecay, epsilon: epsilon,
        weight_decay: parameter.decays ? weightDecay : 0,
        first_correction: Float(firstCorrection),
        second_correction_root: Float(secondCorrection.squareRoot()))
      unsafe Kernels.best.adam(
        parameter.count, parameter.value.unsafeBase, parameter.gradient.unsafeBase,
        first[index].unsafeBase, second[index].unsafeBase, &options)
    }
  }

  /// The state: `optimizer.first.<parameter>`, `optimizer.second.<parameter>`, `optimizer.step`.
  package func exportTensors() -> [String: FloatTensor] {
    // Exact: a run has far fewer steps than the limit.
    var tensors = ["optimizer.step": FloatTensor(shape: [1], values: [Float(stepCount)])]
    for (index, parameter) in parameters.enumerated() {
      tensors["optimizer.first.\(parameter.name)"] = FloatTensor(
        shape: parameter.shape, copying: first[index])
      tensors["optimizer.second.\(parameter.name)"] = FloatTensor(
        shape: parameter.shape, copying: second[index])
    }
    return tensors
  }

  /// Takes over an exported state.
  ///
  /// - Throws: `NeuralNetworkError.missingTensor`, `.shape`, or `.value` for a number of steps that
  ///   is none.
  package func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    let step = SharedBuffer<Float>(zeroed: 1)
    try step.load("optimizer.step", shape: [1], from: tensors)
    let found = step.span[0]
    guard let count = Int(exactly: found), (0...Self.stepLimit).contains(count) else {
      throw .value(name: "optimizer.step", expected: "a whole number to 2^24", found: found)
    }
    stepCount = count
    for (index, parameter) in parameters.enumerated() {
      try first[index].load(
        "optimizer.first.\(parameter.name)", shape: parameter.shape, from: tensors)
      try second[index].load(
        "optimizer.second.\(parameter.name)", shape: parameter.shape, from: tensors)
    }
  }
}
