// SPDX-License-Identifier: GPL-3.0-or-later

import ModelFormat
import NeuralNetwork

/// The optimizer of a run: a closed set behind one interface.
enum Optimizer {
  case sgd(SGD)
  case adam(Adam)

  init(_ configuration: TrainingConfiguration, parameters: [Parameter]) {
    switch configuration.optimizer {
    case .sgd:
      self = .sgd(SGD(parameters: parameters, weightDecay: configuration.weightDecay))
    case .adam:
      self = .adam(Adam(parameters: parameters, weightDecay: configuration.weightDecay))
    }
  }

  func step(rate: Float) {
    switch self {
    case .sgd(let optimizer): optimizer.step(rate: rate)
    case .adam(let optimizer): optimizer.step(rate: rate)
    }
  }

  func exportTensors() -> [String: FloatTensor] {
    switch self {
    case .sgd(let optimizer): optimizer.exportTensors()
    case .adam(let optimizer): optimizer.exportTensors()
    }
  }

  func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    switch self {
    case .sgd(let optimizer): try optimizer.load(tensors)
    case .adam(let optimizer): try optimizer.load(tensors)
    }
  }
}
