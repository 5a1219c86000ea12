// SPDX-License-Identifier: GPL-3.0-or-later

import Buffers
package import ModelFormat

/// Parameters by name, so that several networks can have layers in common: a layer of the same name
/// and shape gets the same parameters.
///
/// The paths through a supernet are such networks.
package final class ParameterStore {
  /// Seed of the weights of new layers; a layer's are a function of the seed and its name.
  package let seed: UInt64

  /// All parameters, in the order in which they were first asked for.
  package private(set) var all: [Parameter] = []
  private var byName: [String: Parameter] = [:]
  private var new: Set<ObjectIdentifier> = []

  package init(seed: UInt64) { self.seed = seed }

  /// The parameter of that name, `initial` everywhere where it is new.
  ///
  /// - Precondition: one name has one shape.
  func parameter(
    _ name: String, shape: [Int], decays: Bool, initial: Float = 0
  ) -> Parameter {
    if let known = byName[name] {
      precondition(known.shape == shape, "two shapes under one name")
      return known
    }
    let created = Parameter(name: name, shape: shape, decays: decays)
    if initial != 0 {
      let value = created.value
      var span = value.mutableSpan
      for index in 0..<created.count { span[index] = initial }
    }
    all.append(created)
    byName[name] = created
    new.insert(ObjectIdentifier(created))
    return created
  }

  /// Whether `parameter` has no value of its own yet; it counts as having one from then on.
  func takeNew(_ parameter: Parameter) -> Bool {
    new.remove(ObjectIdentifier(parameter)) != nil
  }

  /// Copies of all values, by name.
  package func exportTensors() -> [String: FloatTensor] {
    var tensors: [String: FloatTensor] = [:]
    for parameter in all {
      tensors[parameter.name] = FloatTensor(shape: parameter.shape, copying: parameter.value)
    }
    return tensors
  }

  /// Takes over the values of all parameters that are there.
  ///
  /// - Throws: `.missingTensor` or `.shape`.
  package func load(_ tensors: [String: FloatTensor]) throws(NeuralNetworkError) {
    for parameter in all {
      try parameter.value.load(parameter.name, shape: parameter.shape, from: tensors)
    }
    new = []
  }
}
