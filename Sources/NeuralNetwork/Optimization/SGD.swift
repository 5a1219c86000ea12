// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
import CKernels
package import ModelFormat

/// Stochastic gradient descent with Nesterov momentum; weight decay, where a parameter decays, is
/// added to its gradient, as in PyTorch.
package final class SGD {
  private let parameters: [Parameter]
  private let momenta: [SharedBuffer<Float>]
  private let places: [ObjectIdentifier: Int]
  package let momentum: Float
  package let weightDecay: Float

  package init(parameters: [Parameter], momentum: Float = 0.9, weightDecay: Float = 0) {
    self.parameters = parameters
    self.momentum = momentum
    self.weightDecay = weightDecay
    momenta = parameters.map { SharedBuffer(zeroed: $0.count) }
    places = Dictionary(
      uniqueKeysWithValues: parameters.enumerated().map { (ObjectIdentifier($1), $0) })
  }

  /// One step along the parameters' gradients.
  package func step(rate: Float) {
    for (parameter, velocity) in zip(parameters, momenta) {
      descend(parameter, velocity, rate: rate)
    }
  }

  /// One step of some of the parameters; the others keep value and momentum, as those of layers that a
  /// step did not run through must.
  ///
  /// - Precondition: all are the optimizer's own.
  package func step(rate: Float, of some: [Parameter]) {
    for parameter in some {
      descend(parameter, momenta[places[ObjectIdentifier(parameter)]!], rate: rate)
    }
  }

  private func descend(_ parameter: Parameter, _ velocity: SharedBuffer<Float>, rate: Float) {
    unsafe Kernels.best.descend(
      parameter.count, parameter.value.unsafeBase, parameter.gradient.unsafeBase,
      velocity.unsafeBase, rate, momentum, parameter.decays ? weightDecay : 0)
  }

  /// The state, as `optimizer.momentum.<parameter>`.
  package func exportTensors() -> [String: FloatTensor] {
    var tensors: [String: FloatTensor] = [:]
    for (parameter, velocity) in zip(parameters, momenta) {
      tensors["optimizer.momentum.\(parameter.name)"] = FloatTensor(
        shape: parameter.shape, copying: velocity)
    }
    return tensors
  }

  /// Takes over an exported state.
  package func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    for (parameter, velocity) in zip(parameters, momenta) {
      try velocity.load(
        "optimizer.momentum.\(parameter.name)", shape: parameter.shape, from: tensors)
    }
  }
}
